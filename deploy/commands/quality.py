"""`doorfiets quality`: what was found about runs of measurements, and the checks of a whole range on request."""

import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deploy.printing import print_rows

if TYPE_CHECKING:
    from streams.sinks.check_inputs import Place
    from streams.sinks.findings import FindingChanges, FindingStore

app = typer.Typer()
_quality = typer.Typer(invoke_without_command=True)
app.add_typer(_quality, name="quality")
_TELL: Final = 5.0

Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]


@_quality.callback(
    epilog="Examples: `doorfiets quality list` · `doorfiets quality --from 2026-01-01 --dry-run`"
    " · `doorfiets quality --from 2024-01-01 --to 2025-01-01 --place peelo`"
)
def quality(
    context: typer.Context,
    *,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="Check again from this day on (UTC).")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="DAY", help="Until this day; now when not given.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="This site or station only; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Check sites and stations over a range at once, as process `quality` does for what changed lately.

    What is found no more is withdrawn, what is new is added; nothing that was measured is changed.
    """
    if context.invoked_subcommand is not None:
        return
    if from_ is None:
        raise typer.BadParameter("from when? Give --from DAY; `doorfiets quality list` shows what was found")
    from operations.database import answering
    from streams.quality.checking import check
    from streams.sinks.findings import FindingChanges, FindingStore

    since, until = _day(from_), _day(to) if to else None
    if until is not None and until <= since:
        raise typer.BadParameter(f"--to {to} is not later than --from {from_}")
    with ExitStack() as ending:
        conninfo = _conninfo()
        ending.enter_context(answering(conninfo))
        store = FindingStore(conninfo, tell_waits=lambda line: print(line, file=sys.stderr))
        ending.callback(store.drop)
        there = _places(store, place)
        changed, reported_at = FindingChanges(), time.monotonic()
        for number, one in enumerate(there, 1):
            changed += _tried(store, one, since, until) if dry_run else check(store, one, since, until)
            if time.monotonic() - reported_at > _TELL:
                reported_at = time.monotonic()
                print(f"  {number} of {len(there)} places, {_said(changed)}", file=sys.stderr)
        while not dry_run and store.due():
            store.flag()
    print(f"{len(there)} places: {_said(changed)}" + (" (nothing was changed)" if dry_run else ""))


@_quality.command(
    name="list", epilog="Examples: `doorfiets quality list` · `doorfiets quality list --all --json | jq '.[].evidence'`"
)
def list_(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Also what was withdrawn.")] = False,
    device: Annotated[str | None, typer.Option(help="Of this device only.")] = None,
    json: Json = False,
) -> None:
    """List what was found about runs of measurements: which flag they got, by which rule, and why."""
    from operations.findings import findings

    found = findings(_conninfo(), sensor=device, withdrawn=all_)
    print_rows(found, ("place", "channel", "quantity", "flag", "started_at", "ended_at"), ("evidence",), json=json)
    if not found:
        print("Nothing is found.", file=sys.stderr)


def _tried(store: "FindingStore", place: "Place", since: datetime, until: datetime | None) -> "FindingChanges":
    """Check a place in a transaction that is undone."""
    from streams.quality.checking import check

    with store.session().transaction(force_rollback=True):
        return check(store, place, since, until, write=store.found_only)


def _places(store: "FindingStore", names: list[str] | None) -> "list[Place]":
    from streams.sinks.check_inputs import places

    found = [one for name in names for one in places(store.session(), name)] if names else places(store.session())
    if missing := sorted({*(names or ())} - {one.place for one in found}):
        raise typer.BadParameter(f"no site or station with datastreams is called {missing[0]!r}")
    return found


def _said(changed: "FindingChanges") -> str:
    return f"{changed.new} findings new, {changed.moved} with another end, {changed.withdrawn} withdrawn"


def _day(text: str) -> datetime:
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day such as 2026-03-01") from None
    return written if written.tzinfo else written.replace(tzinfo=UTC)


def _conninfo() -> str:
    from deploy.local.location import locate
    from deploy.settings import read

    return str(locate(read(os.environ)).postgres)
