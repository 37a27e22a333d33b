"""The address of a broker as somebody types it, `host:port`."""

import re
from typing import Final

import typer

_ADDRESS: Final = re.compile(r".+:([0-9]{1,5})")
_LAST_PORT: Final = 65_535


def refuse_no_address(broker: str | None) -> None:
    """Raise typer.BadParameter where `--broker` is given and is no host with a port that there can be.

    A larger one would be taken for another.
    """
    if broker is None or ((found := _ADDRESS.fullmatch(broker)) and 0 < int(found[1]) <= _LAST_PORT):
        return
    raise typer.BadParameter(f"{broker!r} is no host:port, such as broker.example:8883", param_hint="--broker")
