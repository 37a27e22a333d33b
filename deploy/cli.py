"""The command `doorfiets`: its groups put together, and every failure turned into a sentence and an exit code."""

import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from deploy import commands
from schemas.failures import MISSING

INTERRUPTED: Final = 130


class Commands(TyperGroup):
    """All commands; the one place where a failure becomes a sentence and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it is there
        """Run the command that was asked for; a failure that is no sentence of its own is a bug, and shows where."""
        try:
            return super().main(*args, **kwargs)
        except Exception as failure:
            code = exit_code(failure)
            if code is None:
                raise
            print(f"doorfiets: {failure}", file=sys.stderr)
            sys.exit(code)


def main() -> None:
    """Run the command line; exit codes: 0 ok, 1 a check failed, 2 usage, 3 a needed service is missing, 130 Ctrl-C."""
    try:
        assembled()()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def assembled() -> typer.Typer:
    """Put all groups together."""
    app = typer.Typer(
        cls=Commands,
        help="Bicycle traffic and the air cyclists ride through: measured, kept and shown.",
        epilog="Start with `doorfiets demo`, or `doorfiets up` and `doorfiets status`.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_doorfiets)
    for module in sorted(module.name for module in iter_modules(commands.__path__)):
        app.add_typer(import_module(f"{commands.__name__}.{module}").app)
    return app


def exit_code(failure: Exception) -> int | None:
    """Give the exit code of an expected failure, None for a bug.

    A class of ours says it itself, in `exit_code` (schemas/failures.py; `verify` knows nothing of ours, and has the
    same attribute). Those of others are in one table.
    """
    of_ours: int | None = getattr(type(failure), "exit_code", None)
    if of_ours is not None:
        return of_ours
    return next((code for kind, code in _of_others().items() if isinstance(failure, kind)), None)


def _of_others() -> Mapping[type[Exception], int]:
    """Give the exit codes of failures that libraries raise, and that say enough."""
    from aiokafka.errors import KafkaConnectionError
    from psycopg import OperationalError

    return {OperationalError: MISSING, KafkaConnectionError: MISSING}


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands a flag over like this
    if wanted:
        print(version("doorfiets"))
        raise typer.Exit


def _doorfiets(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Bicycle traffic and the air cyclists ride through: measured, kept and shown."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
