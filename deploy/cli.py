"""The command `doorfiets`: its groups put together, and every failure turned into a sentence and an exit code."""

import signal
import sys
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules
from typing import Annotated, Final

import typer

from deploy import commands

FAILED, USAGE, MISSING, INTERRUPTED = 1, 2, 3, 130
EXIT_CODES: Final[dict[str, int]] = {
    "SettingRefusedError": USAGE,
    "UnknownServiceError": USAGE,
    "UnknownFaultError": USAGE,
    "NothingHereError": MISSING,
    "AlreadyRunningError": FAILED,
    "PortsTakenError": MISSING,
    "PartFailedError": MISSING,
    "ServerMissingError": MISSING,
    "BrokerMissingError": MISSING,
    "JarsMissingError": MISSING,
    "SupervisorSilentError": MISSING,
    "StackSilentError": FAILED,
    "NotProcessedError": FAILED,
    "ObservationsRefusedError": FAILED,
    "LogSilentError": MISSING,
    "MigrationChangedError": FAILED,
    "RegistryUnreadableError": FAILED,
    "RegistryRefusedError": FAILED,
    "StoreBusyError": FAILED,
    "BrokerUnavailableError": MISSING,
    "RecordingsAbsentError": MISSING,
    "NotComputedError": FAILED,
    "NotArrivedError": FAILED,
    "NotShownError": FAILED,
    "WrongError": FAILED,
    "CommandFailedError": FAILED,
    "GrafanaUnavailableError": MISSING,
    "SourceMissingError": MISSING,
    "GrafanaRefusedError": FAILED,
    "GrafanaTooOldError": FAILED,
    "OperationalError": MISSING,
    "KafkaConnectionError": MISSING,
}
"""The failures that are sentences of their own, by the name of their class; any other is a bug."""


def main() -> None:
    """Run the command line; exit codes: 0 ok, 1 a check failed, 2 usage, 3 a needed service is missing, 130 Ctrl-C."""
    try:
        assembled()()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as failure:
        code = exit_code(failure)
        if code is None:
            raise
        print(f"doorfiets: {failure}", file=sys.stderr)
        sys.exit(code)


def assembled() -> typer.Typer:
    """Put all groups together."""
    app = typer.Typer(
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
    """Give the exit code of an expected failure, None for a bug."""
    names = (kind.__name__ for kind in type(failure).__mro__)
    return next((EXIT_CODES[name] for name in names if name in EXIT_CODES), None)


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
