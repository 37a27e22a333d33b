"""An address as somebody types it, `host:port`."""

import re
from typing import Final

_ADDRESS: Final = re.compile(r".+:([0-9]{1,5})")
_LAST_PORT: Final = 65_535


def is_address(text: str) -> bool:
    """Return whether a text is a host with a port that there can be; a larger one would be taken for another."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and 0 < int(found[1]) <= _LAST_PORT
