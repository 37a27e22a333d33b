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
from schemas.failures import MISSING, USAGE

INTERRUPTED: Final = 130


class Commands(TyperGroup):
    """All commands; the one place where a failure becomes a sentence and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it is there
        """Run a command; an expected failure is printed as its sentence, any other exception as a traceback."""
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
    if unreadable := next((word for word in sys.argv if _is_no_text(word)), None):
        print(f"doorfiets: {unreadable.encode(errors='surrogateescape')!r} is no text in UTF-8", file=sys.stderr)
        sys.exit(USAGE)
    try:
        assembled()()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _is_no_text(word: str) -> bool:
    """Return whether a word of the command line has bytes that are no UTF-8: Python keeps them as half surrogates."""
    return any("\udc80" <= sign <= "\udcff" for sign in word)


def assembled() -> typer.Typer:
    """Put all groups together."""
    app = typer.Typer(
        cls=Commands,
        help="Bicycle traffic and the air cyclists ride through: measured, stored and published.",
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
    """Return the exit code of an expected failure, None for a bug.

    Our own classes have it as `exit_code` (schemas/failures.py; `verify` imports nothing of ours, and has the same
    attribute), those of libraries are in one table.
    """
    of_ours: int | None = getattr(type(failure), "exit_code", None)
    if of_ours is not None:
        return of_ours
    return next((code for kind, code in _of_others().items() if isinstance(failure, kind)), None)


def _of_others() -> Mapping[type[Exception], int]:
    """Return the exit codes of exceptions of libraries whose text is enough for a user."""
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
    """Bicycle traffic and the air cyclists ride through: measured, stored and published."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
