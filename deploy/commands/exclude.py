"""`doorfiets exclude` and `doorfiets maintenance`: what people know about measurements, and taking it back."""

import os
import sys
from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from deploy.printing import print_json, print_rows

if TYPE_CHECKING:
    from operations.exclusions import ConcernedDatastream, EntryChanges, EntrySubject, Session

app = typer.Typer()
_LIST: Final = "list"
_ENTRY: Final = ("entry", "kind", "id", "started_at", "ended_at", "state")
_DATASTREAM: Final = ("place", "channel", "quantity", "observations", "counting")

Named = Annotated[
    str | None,
    typer.Argument(metavar="SITE|CHANNEL|STATION|DEVICE", help="Its id; `list` lists the entries that hold."),
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="MOMENT", help="Local to the owner, or with an offset; a day is its beginning."),
]
To = Annotated[str | None, typer.Option("--to", metavar="MOMENT", help="Likewise; the first moment that counts again.")]
Why = Annotated[str, typer.Option(help="Why; readers of the numbers see it.")]
Channel = Annotated[str | None, typer.Option(help="Of a site this channel only.")]
Direction = Annotated[str | None, typer.Option(help="Of a site this direction only.")]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="KIND", help="site, channel, station or device, where several are called so."),
]
By = Annotated[str | None, typer.Option(help="Who says so; the user of this machine when not given. Never published.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]


@app.command(
    epilog="Examples: `doorfiets exclude peelo --from 2026-05-12T07:30 --to 2026-05-14 --reason 'lus kapot' --dry-run`"
    " · `doorfiets exclude peelo --direction in --from ... --to ... --reason ...`"
    " · `doorfiets exclude --undo 3 --reason 'bleek goed'` · `doorfiets exclude list --all --json`"
)
def exclude(
    subject: Named = None,
    *,
    from_: From = None,
    to: To = None,
    reason: Why = "",
    channel: Channel = None,
    direction: Direction = None,
    as_: As = None,
    undo: Annotated[int | None, typer.Option(metavar="ENTRY", help="Take this entry back from its beginning.")] = None,
    by: By = None,
    dry_run: DryRun = False,
    all_: Annotated[bool, typer.Option("--all", help="Of `list`: also what was undone or replaced.")] = False,
    json: Json = False,
) -> None:
    """Say that measurements do not count: they stay as they were sent, and every figure that rests on them follows.

    Every interval is excluded of which a moment is meant. What is said again about the same beginning replaces it.
    """
    from operations.exclusions import Entry, EntryRefusedError

    with _session() as session:
        if subject == _LIST and undo is None:
            _list(session, all_=all_, json=json)
        elif undo is not None:
            _alone("--undo", subject, from_, to, channel, direction, as_)
            _undo(session, undo, reason, by, dry_run=dry_run, json=json)
        else:
            found = _subjects(session, subject, as_, channel, direction)
            if from_ is None or to is None:
                raise EntryRefusedError(
                    "to" if from_ else "from",
                    "",
                    "say from when and until when, such as 2026-05-12T07:30",
                    code="no_end" if from_ else "no_begin",
                )
            entries = [
                Entry("exclude", one, _moment("from", from_, one), _moment("to", to, one), reason) for one in found
            ]
            _enter(session, entries, by, dry_run=dry_run, json=json)


@app.command(
    epilog="Examples: `doorfiets maintenance peelo` (from now on) · `doorfiets maintenance peelo --end`"
    " · `doorfiets maintenance peelo --from 2026-05-12T08:00 --to 2026-05-12T12:00 --reason 'nieuwe batterij'`"
)
def maintenance(
    subject: Named = None,
    *,
    from_: From = None,
    to: To = None,
    reason: Why = "",
    channel: Channel = None,
    direction: Direction = None,
    as_: As = None,
    end: Annotated[bool, typer.Option("--end", help="Close what is open, at --to or now.")] = False,
    by: By = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Say that somebody works on it: what it sends meanwhile does not count, and nobody is alerted.

    From now on, unless --from says otherwise, and until --to or `maintenance ... --end`.
    """
    from operations.exclusions import Entry, closings

    if end:
        _alone("--end", from_)
    now = datetime.now(UTC)  # noqa: TID251 - people say it now
    with _session() as session:
        if subject == _LIST:
            _list(session, all_=False, json=json)
            return
        found = _subjects(session, subject, as_, channel, direction)
        ends = [_moment("to", to, one) if to else None for one in found]
        if end:
            entries = [
                entry
                for one, until in zip(found, ends, strict=True)
                for entry in closings(session, one, until or now, reason=reason)
            ]
        else:
            entries = [
                Entry("maintenance", one, _moment("from", from_, one) if from_ else now, until, reason or "maintenance")
                for one, until in zip(found, ends, strict=True)
            ]
        _enter(session, entries, by, dry_run=dry_run, json=json)


def _subjects(
    session: "Session", name: str | None, kind: str | None, channel: str | None, direction: str | None
) -> "list[EntrySubject]":
    from operations.exclusions import subjects

    if name is None:
        raise typer.BadParameter("of what? Give the id of a site, channel, station or device, or `list`")
    return subjects(session, name, kind=kind, channel=channel, direction=direction)


def _alone(option: str, *others: str | None) -> None:
    """Refuse what has no meaning beside an option: who gives both may mean something else."""
    if any(one is not None for one in others):
        raise typer.BadParameter(f"{option} says by itself what it is about; leave out what else is said")


def _me() -> str:
    """Return the user of this machine; in a container without names the number."""
    try:
        return getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _moment(key: str, text: str, subject: "EntrySubject") -> datetime:
    from operations.exclusions import moment

    return moment(key, text, subject.timezone)


def _enter(session: "Session", entries: "list[Any]", by: str | None, *, dry_run: bool, json: bool) -> None:
    from operations.exclusions import checked, enter, preview

    entries = [checked(one) for one in entries]
    seen = [preview(session, one) for one in entries]
    _show_preview(seen, json=json and dry_run, zone=entries[0].subject.timezone)
    if dry_run:
        return
    with session.transaction():
        numbers = [enter(session, one, entered_by=by or _me()) for one in entries]
    _tell(session, numbers, json=json)


def _undo(session: "Session", entry: int, reason: str, by: str | None, *, dry_run: bool, json: bool) -> None:
    from operations.exclusions import of_number, subjects, undo, undone_preview

    seen = undone_preview(session, entry)
    found = of_number(session, entry)
    (subject,) = subjects(session, found["id"], kind=found["subject"])
    _show_preview([seen], json=json and dry_run, zone=subject.timezone)
    if not dry_run:
        _tell(session, [undo(session, entry, reason=reason, entered_by=by or _me())], json=json)


def _list(session: "Session", *, all_: bool, json: bool) -> None:
    from operations.exclusions import entries

    found = entries(session, all_=all_)
    print_rows(found, _ENTRY, ("reason",), json=json)
    if not found:
        print("Nothing is excluded, and nothing is under maintenance.", file=sys.stderr)


def _show_preview(seen: "list[EntryChanges]", *, json: bool, zone: str) -> None:

    rows = [one._asdict() for one in _datastreams(seen)]
    if json:
        print_json([{"datastreams": rows, "days": _days(seen), "months": _months(seen), "instead_of": _instead(seen)}])
        return
    print_rows(rows, _DATASTREAM)
    days = _days(seen)
    total, counting = (sum(row[name] for row in rows) for name in ("observations", "counting"))
    span = f", {days[0]} to {days[-1]} ({ZoneInfo(zone).key})" if days else ""
    print(
        f"{len(rows)} datastreams, {total:,} observations of {len(days)} local days{span}; {counting:,} of them count.",
        file=sys.stderr,
    )
    if months := _months(seen):
        print(f"Months that change, with their years: {', '.join(months)}.", file=sys.stderr)
    if instead := _instead(seen):
        print(
            f"What stood before, and will not any more: entry {', '.join(map(str, instead))}.",
            file=sys.stderr,
        )


def _datastreams(seen: "list[EntryChanges]") -> "list[ConcernedDatastream]":
    """Give each datastream once: entries of several beginnings about one place are about the same observations."""
    found: dict[int, ConcernedDatastream] = {}
    for one in (one for preview in seen for one in preview.datastreams):
        before = found.get(one.datastream, one)
        found[one.datastream] = max(before, one, key=lambda each: each.observations)
    return list(found.values())


def _days(seen: "list[EntryChanges]") -> list[str]:
    return sorted({day.isoformat() for one in seen for day in one.days})


def _months(seen: "list[EntryChanges]") -> list[str]:
    return sorted({month for one in seen for month in one.months})


def _instead(seen: "list[EntryChanges]") -> list[int]:
    return sorted({number for one in seen for number in one.instead_of})


def _tell(session: "Session", numbers: list[int], *, json: bool) -> None:
    from operations.exclusions import of_number

    found = [of_number(session, number) for number in numbers]
    print_rows(found, _ENTRY, ("reason",), json=json)
    for one in found:
        back = (
            ""
            if one["kind"] == "restore"
            else f"; `doorfiets exclude --undo {one['entry']} --reason ...` takes it back"
        )
        print(f"entry {one['entry']}: the figures follow within a minute{back}", file=sys.stderr)


def _session() -> "Session":
    from deploy.local.location import locate
    from deploy.settings import read
    from operations.database import console

    return console(str(locate(read(os.environ)).postgres))
