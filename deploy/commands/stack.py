"""`doorfiets up`, `down`, `status` and `logs`: the local stack."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deploy.local.stack import Stack
    from operations.applied_registry import AppliedRegistry
    from operations.condition.report import Condition

app = typer.Typer()

Only = Annotated[list[str] | None, typer.Option("--only", help="Start this part and what it needs; may be repeated.")]


@app.command(epilog="Examples: `doorfiets up` · `doorfiets up --detach` · `doorfiets up --only postgres`")
def up(
    *,
    only: Only = None,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Keep nothing: all state goes when it stops.")] = False,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when all is ready; `down` stops it.")] = False,
) -> None:
    """Start everything that is not given by an address, and stop it again at Ctrl-C."""
    from deploy.local.foreground import hold, stopped_by_signals
    from deploy.local.screen import watching
    from deploy.local.stack import Stack
    from deploy.settings import read

    settings = read(os.environ)
    if ephemeral and detach:
        raise typer.BadParameter("an ephemeral stack stops with its command; leave out --detach")
    stack = Stack(settings, ephemeral=ephemeral, dies_with_us=not detach)
    if stack.runs():
        print(f"A stack runs in {settings.home} already:", file=sys.stderr)
        _show(stack, _condition(stack))
        return
    with stopped_by_signals() as stop:
        with watching() as watch:
            stack.start(only=only or (), watch=stop.watcher(watch))
        _show_addresses(stack, _first_account(stack))
        if not detach:
            print("Ctrl-C stops everything.", file=sys.stderr)
            hold(stack, stop)


@app.command(epilog="Examples: `doorfiets down` · `doorfiets down --wipe`")
def down(
    *,
    wipe: Annotated[
        bool, typer.Option("--wipe", help="Also delete all data and passwords of the local stack.")
    ] = False,
) -> None:
    """Stop everything that `up` started."""
    stack = _stack()
    ran = stack.runs()
    stack.stop()
    print("Stopped." if ran else "Nothing ran.", file=sys.stderr)
    if wipe:
        stack.wipe()
        print(f"All data in {stack.layout.home} is gone.", file=sys.stderr)


@app.command(epilog="Examples: `doorfiets status` · `doorfiets status --json | jq .attention`")
def status(*, json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show what runs, where, the lag of each stage, the registry in force, and what needs attention.

    Exit codes: 0 all is well, 1 something needs attention, 3 nothing runs.
    """
    from operations.condition.probes import ask_all

    stack = _stack()
    if ask_all({"runs": stack.runs})["runs"].value is False:
        print("Nothing runs; start with `doorfiets up`.", file=sys.stderr)
        raise typer.Exit(3)
    found = _condition(stack)
    if json:
        _show_json(stack, found)
    else:
        _show(stack, found)
    if found.attention:
        raise typer.Exit(1)


@app.command(epilog="Examples: `doorfiets logs` · `doorfiets logs store aggregate` · `doorfiets logs -f bridge`")
def logs(
    names: Annotated[list[str] | None, typer.Argument(help="Services; all when none is named.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="Of each log, this many last lines.")] = 20,
) -> None:
    """Show what the services wrote."""
    from deploy.local.logs import show

    show(_stack().layout, names or [], lines=lines, follow=follow)


def _stack() -> "Stack":
    from deploy.local.stack import Stack
    from deploy.settings import read

    return Stack(read(os.environ))


def _condition(stack: "Stack") -> "Condition":
    from deploy.condition import ask
    from ingest.clock import system_time

    return ask(stack, system_time)


def _show(stack: "Stack", found: "Condition") -> None:
    from rich.console import Console

    from operations.condition.tables import registry_table, service_table, stage_table

    console = Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False)
    console.print(service_table(found))
    console.print()
    console.print(stage_table(found))
    if found.registry is not None:
        console.print()
        console.print(registry_table(found.registry))
    for sentence in found.attention:
        console.print(f"attention   {sentence}")
    _show_addresses(stack)


def _show_addresses(stack: "Stack", first: str = "") -> None:
    """Show where each service answers; `first` is how to log in to the console for the first time."""
    from deploy.local.location import intake_address

    settings = stack.settings()
    for title, name, address in (
        ("site", "web", settings.public_url),
        ("console", "console", settings.console_url),
        ("MQTT", "mosquitto", settings.mqtt),
        ("intake", "intake", intake_address(settings)),
        ("Kafka", "kafka", settings.kafka),
        ("PostgreSQL", "postgres", settings.postgres),
    ):
        if stack.has(name):
            print(f"{title:<11} {address}{first if name == 'console' else ''}", file=sys.stderr)


def _first_account(stack: "Stack") -> str:
    """Return how to log in to the console, where this was the first start; empty where it was not."""
    from deploy.local import first_account

    made = first_account.made(str(stack.settings().postgres)) if stack.has("console") else None
    return f" (log in as {made.account}, password {made.password}, shown this once)" if made else ""


def _show_json(stack: "Stack", found: "Condition") -> None:
    import msgspec

    settings = stack.settings()
    document = {
        **found._asdict(),
        "services": [one._asdict() for one in found.services],
        "stages": [one._asdict() for one in found.stages],
        "registry": found.registry and _registry(found.registry),
        "attention": found.attention,
        "addresses": {
            key: getattr(settings, key)
            for key in ("public_url", "console_url", "mqtt", "intake_listen", "kafka", "postgres")
        },
    }
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def _registry(found: "AppliedRegistry") -> dict[str, object]:
    return {
        "state": found.state,
        "owners": [one._asdict() for one in found.owners],
        "waiting": [one._asdict() for one in found.waiting],
    }
