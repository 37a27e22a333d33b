"""`doorfiets feeds`: every feed with its status, one device whole, its messages as they come, its gaps, and changes."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from deploy.printing import print_json, print_rows, print_sentence
from deploy.utc_moment import moment
from schemas.feed_states import STATUSES

if TYPE_CHECKING:
    from typer._click import Command, Context


class _WithDevices(TyperGroup):
    """Commands after which somebody may write the name of a device, and learns where it belongs."""

    def resolve_command(self, ctx: "Context", args: list[str]) -> "tuple[str | None, Command | None, list[str]]":
        """Find the command; raise typer.BadParameter where there is none."""
        if args and not self.get_command(ctx, args[0]) and not get_close_matches(args[0], self.list_commands(ctx)):
            raise typer.BadParameter(
                f"no command is called {args[0]!r}; `doorfiets feeds show {args[0]}` shows a device of that name", ctx
            )
        return super().resolve_command(ctx, args)


app = typer.Typer()
_feeds = typer.Typer(invoke_without_command=True, cls=_WithDevices)
app.add_typer(_feeds, name="feeds")

_EVERY: Final = 1.0  # seconds between two questions of `tail` and `watch`
_DAYS: Final = 7  # of gaps

# The columns that come first where there is no room for all, and those that go below their row.
_LIST: Final = (("status", "device", "what", "since", "measured", "24 h"), ("why",), 1)
_PARTS: Final[Mapping[str, tuple[Sequence[str], Sequence[str]]]] = {
    "placements": (("valid_from", "valid_until", "site", "station"), ()),
    "device_history": (("day", "kind"), ("note",)),
    "device_states": (("status", "since", "until", "source"), ("why",)),
    "findings": (("flag", "started_at", "ended_at", "channel", "quantity"), ("evidence",)),
    "unregistered_sources": (("source", "last_value", "first_received_at"), ()),
}

Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]
JsonLines = Annotated[bool, typer.Option("--json", help="For programs: one JSON object a line.")]
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="What the device calls itself in messages.")]


@_feeds.callback(
    epilog="Examples: `doorfiets feeds` · `doorfiets feeds --by-site` · `doorfiets feeds --status silent --status late`"
    " · `doorfiets feeds --json | jq '.[] | select(.status != \"ok\")'` · `doorfiets feeds show assen-fiets-05`"
)
def feeds(
    context: typer.Context,
    *,
    closed: Annotated[bool, typer.Option("--all", help="Also feeds whose equipment is gone.")] = False,
    by_site: Annotated[bool, typer.Option("--by-site", help="A line for each place, below it what is not ok.")] = False,
    status: Annotated[
        list[str] | None, typer.Option(help=f"Only these: {', '.join(STATUSES)}. May be repeated.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Only feeds of this owner, by its id.")] = None,
    site: Annotated[str | None, typer.Option(help="Only feeds of this site or station, by its id.")] = None,
    json: Json = False,
) -> None:
    """List every feed with its status and why it has it, by its own rhythm, worst first.

    When the platform lags the status is as of what is stored, and a line says so.
    """
    from operations import feeds as listed
    from operations import lag

    if context.invoked_subcommand is not None:
        if closed or by_site or status or owner is not None or site is not None or json:
            raise typer.BadParameter(
                "options before a command are for the list of all feeds; "
                f"write those of `{context.invoked_subcommand}` after it"
            )
        return
    if unknown := set(status or ()) - set(STATUSES):
        raise typer.BadParameter(f"no status is called {min(unknown)!r}; there are {', '.join(STATUSES)}")
    conninfo = _conninfo()
    rows = listed.feeds(conninfo, closed=closed, statuses=status or (), owner=owner, site=site)
    places = listed.by_place(rows) if by_site else []
    if json:
        print_json(places or rows)
    elif by_site:
        _print_places(places)
    else:
        _print_rows([_in_list(one, _now()) for one in rows], *_LIST)
    if not rows:
        chosen = status or owner is not None or site is not None
        print_sentence("No feed is like that; `doorfiets feeds` lists all." if chosen else listed.no_feeds(conninfo))
    print_sentence(listed.not_stored(conninfo))
    print_sentence(lag.storing_lags(lag.ask(conninfo)))


@_feeds.command(
    name="show", epilog="Examples: `doorfiets feeds show assen-fiets-05` · `... show assen-fiets-05 --json`"
)
def show_device(sensor: Device, *, json: Json = False) -> None:
    """Show a device: profile, places, feeds with their status, states, findings, gaps, battery, and what was refused.

    Exit code 1 where no device is called so.
    """
    from operations.feed_readings import gaps
    from operations.feeds import device

    conninfo = _conninfo()
    found = device(conninfo, sensor)
    found |= gaps(conninfo, sensor, _now() - timedelta(days=_DAYS), _now())
    if json:
        print_json([found])
        return
    parts = {name: found.pop(name) for name, value in [*found.items()] if isinstance(value, list)}
    _print_fields(found)
    for name, rows in parts.items():
        if name == "device_feeds":
            _print_feeds(rows)
        elif rows:
            print(f"\n{name.replace('_', ' ')}")
            shown = [{key: _cell(value) for key, value in row.items() if key != "reason"} for row in rows]
            _print_rows(shown, *_PARTS.get(name, ((), ())))


@_feeds.command(epilog="Examples: `doorfiets feeds tail assen-fiets-05` · `... tail assen-fiets-05 --json | jq .value`")
def tail(
    sensor: Device,
    *,
    last: Annotated[int, typer.Option(help="How many that came before are shown first.", min=0, max=1000)] = 10,
    json: JsonLines = False,
) -> None:
    """Show the newest messages of a device as they come: stored readings, and what is refused. Ctrl-C ends it.

    Exit codes: 1 no device is called so, 130 Ctrl-C.
    """
    from operations.feed_readings import DeviceMessages, followed

    newest = DeviceMessages(_conninfo(), sensor, _now())
    before = newest.before(last)
    print_sentence("" if before else f"Nothing of {sensor} was received in the last month; waiting.")
    _print_messages(before, json=json)
    for one in followed(newest.more, lambda: time.sleep(_EVERY)):
        _print_messages([one], json=json)


@_feeds.command(
    epilog="Examples: `doorfiets feeds gaps assen-fiets-05` · "
    "`... gaps assen-fiets-05 --from 2026-11-01 --to 2026-12-01`"
)
def gaps(
    sensor: Device,
    *,
    first: Annotated[str | None, typer.Option("--from", help=f"Since when (UTC), {_DAYS} days ago without.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Until when (UTC), now without.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """List the intervals of a device that are missing, and the numbers that were lost of one that numbers its messages.

    Exit codes: 1 no device is called so, 2 a time that cannot be read.
    """
    from operations.feed_readings import gaps as missing

    until = moment(last, "--to") or _now()
    since = moment(first, "--from") or _before(until, timedelta(days=_DAYS))
    if since >= until:
        raise typer.BadParameter("--from has to be before --to")
    found = missing(_conninfo(), sensor, since, until)
    if json:
        print_json(found)
        return
    _print_rows(found["gaps"])
    print_sentence(
        "" if found["gaps"] else f"No interval is missing from {since:%Y-%m-%d %H:%MZ} to {until:%Y-%m-%d %H:%MZ}."
    )
    if found["runs"]:
        print("\nnumbers of the sender, by run")
        _print_rows([{key: _cell(value) for key, value in row.items()} for row in found["runs"]])


@_feeds.command(
    epilog="Examples: `doorfiets feeds watch` · `doorfiets feeds watch --json | jq 'select(.status == \"silent\")'`"
)
def watch(*, json: JsonLines = False) -> None:
    """Show the changes of status as they happen, one line each. Ctrl-C ends it, with exit code 130."""
    from operations.feed_readings import StateChanges, followed

    changes = StateChanges(_conninfo(), _now())
    if not changes.watched():
        print_sentence("Process `watch` does not run, and nothing is kept without it: `doorfiets up`, or `run watch`.")
    for one in followed(changes.more, lambda: time.sleep(_EVERY)):
        if json:
            print_json(one)
        else:
            was = f"{one['before'] or 'new'} → {one['status']}"
            place = f"{one['place_name']}, {one['what']}"
            print(
                f"{_cell(one['seen_at'])}  {was:<26}  {_safe(one['device'])}  {_safe(place)}  {one['why']}".rstrip(),
                flush=True,
            )


def _in_list(one: Mapping[str, Any], now: datetime) -> dict[str, str]:
    from deploy.cells import ago, percent

    return {
        "status": one["status"],
        "since": ago(one["since"], now),
        "device": one["device"],
        "what": one["channel"] or f"{one['place']} {one['quantity']}",
        "measured": ago(one["measured_until"], now),
        "24 h": percent(one["completeness"]),
        "why": one["why"],
    }


def _print_places(places: Sequence[Mapping[str, Any]]) -> None:
    for place in places:
        counts = ", ".join(f"{place['counts'][status]} {status}" for status in STATUSES if status in place["counts"])
        print(f"{place['status']:<14}  {_safe(place['place_name'])} ({place['place']}): {counts}")
        for one in place["feeds"]:
            if one["status"] != "ok":
                what = one["channel"] or one["quantity"]
                print(f"    {one['status']:<14}  {one['device']}  {what}  {one['why']}".rstrip())


def _print_feeds(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print each feed of a device with all that is known of it: too much for one line."""
    for row in rows:
        print(f"\nfeed {row['source']}")
        _print_fields({key: value for key, value in row.items() if key not in {"source", "reason"}})


def _print_fields(fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        if value not in (None, ""):
            print(f"{name.replace('_', ' ') + ':':<18}{_safe(_cell(value))}")


def _print_messages(messages: Iterable[Mapping[str, Any]], *, json: bool) -> None:
    for one in messages:
        if json:
            print_json(one)
        else:
            print(_message(one), flush=True)


def _message(one: Mapping[str, Any]) -> str:
    received = _cell(one["received_at"])
    if one["refused"]:
        return f"{received}  refused: {one['refused']}, {_safe(one['detail'])}"
    value = "no value" if one["value"] is None else f"{one['value']:g}"
    said = f"{one['started_at']:%Y-%m-%d %H:%M:%SZ}"
    lasts = (one["ended_at"] - one["started_at"]).total_seconds()
    flags = f"  ({', '.join(one['quality_flags'])})" if one["quality_flags"] else ""
    return f"{received}  {said} +{lasts:g} s  {_safe(one['source'])} = {value}{flags}"


def _before(moment: datetime, span: timedelta) -> datetime:
    """Return a moment before another one, or the first that there is."""
    first = datetime.min.replace(tzinfo=UTC)
    return moment - span if moment - first > span else first


def _cell(value: object) -> str:
    from deploy.cells import stamp

    return ", ".join(map(_cell, value)) if isinstance(value, list) else stamp(value)


def _safe(text: str) -> str:
    from operations.payloads import safe

    return safe(text)


def _print_rows(
    rows: Sequence[Mapping[str, Any]], first: Sequence[str] = (), below: Sequence[str] = (), lines: int = 2
) -> None:
    print_rows(rows, first or ([*rows[0]] if rows else ()), below, lines)


def _now() -> datetime:
    from ingest.clock import system_time

    return system_time()


def _conninfo() -> str:
    from deploy.local.location import locate
    from deploy.settings import read

    return str(locate(read(os.environ)).postgres)
