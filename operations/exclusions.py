"""What people say about a place, a channel or a device: what does not count, maintenance, and taking it back.

Every function works in the transaction of the session that it is given, of role `console`; the caller commits. Nothing
is ever deleted: what was said is undone by saying so. Process `quality` makes findings of it.
"""

from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from operations.database import statements
from schemas.failures import WrongUsageError
from schemas.registry import OUR_YEARS
from schemas.suggestions import nearest

_SQL: Final = statements("exclusions.sql")
_LONGEST_REASON: Final = 1_000
Session: TypeAlias = psycopg.Connection[Any]
Kind: TypeAlias = Literal["exclude", "maintenance"]
REFUSALS: Final = (
    "unknown_subject", "several_subjects", "no_channels", "no_such_channel", "unreadable_moment", "skipped_moment",
    "repeated_moment", "no_reason", "long_reason", "ends_too_early", "no_end", "no_begin", "none_open", "does_not_hold",
    "no_such_entry", "unknown_kind",
)  # fmt: skip
"""Why an entry is not possible."""
SubjectKind: TypeAlias = Literal["site", "channel", "station", "device"]


class EntryRefusedError(WrongUsageError):
    """Something in an entry is not possible: it names key and value, and what to write. Nothing was entered."""

    def __init__(self, key: str, value: object, remedy: str, *, code: str) -> None:
        """Say what is wrong with which key; `code` is one of REFUSALS, for which there are words in every language."""
        self.key, self.value, self.remedy, self.code = key, value, remedy, code
        super().__init__(f"{key} {str(value)!r}: {remedy}")


class EntrySubject(NamedTuple):
    """What an entry is about, with the time zone of its owner."""

    kind: SubjectKind
    id: str
    timezone: str

    def __str__(self) -> str:
        """Give it in words."""
        return f"{self.kind} {self.id}"


class Entry(NamedTuple):
    """What is to be said: from a moment until before another one, None while it goes on."""

    kind: Kind
    subject: EntrySubject
    started_at: datetime
    ended_at: datetime | None
    reason: str


class ConcernedDatastream(NamedTuple):
    """A datastream that an entry is about: its observations in that time, and those of them that count until now."""

    datastream: int
    place: str
    channel: str
    quantity: str
    device: str
    observations: int
    counting: int


class EntryChanges(NamedTuple):
    """What an entry would change: datastreams, local days, months; and the entries in whose place it would be."""

    datastreams: list[ConcernedDatastream]
    days: list[date]
    instead_of: list[int]

    @property
    def months(self) -> list[str]:
        """Give the months of the days, such as 2026-05; with them their years, and the periods that hold them."""
        return sorted({f"{day:%Y-%m}" for day in self.days})


def subjects(
    session: Session, name: str, *, kind: str | None = None, channel: str | None = None, direction: str | None = None
) -> list[EntrySubject]:
    """Find what is called so, or of a site one channel, or those of one direction.

    Raises EntryRefusedError where nothing is, several things are (`kind` then says which), or the site has no such
    channel.
    """
    found = [EntrySubject(*row) for row in session.execute(_SQL["named"], {"id": name, "kind": kind}).fetchall()]
    if not found:
        known = [id_ for (id_,) in session.execute(_SQL["alike"]).fetchall()]
        raise EntryRefusedError(
            "subject",
            name,
            f"no {kind or 'site, channel, station or device'} is called so{nearest(name, known)}",
            code="unknown_subject",
        )
    if len(found) > 1:
        kinds = " and ".join(one.kind for one in found)
        raise EntryRefusedError(
            "subject", name, f"a {kinds} are called so; say which with `as`", code="several_subjects"
        )
    (subject,) = found
    if channel is None and direction is None:
        return [subject]
    return _channels(session, subject, channel, direction)


def _channels(
    session: Session, subject: EntrySubject, channel: str | None, direction: str | None
) -> list[EntrySubject]:
    key, value = ("channel", channel) if channel is not None else ("direction", direction)
    if subject.kind != "site":
        raise EntryRefusedError(
            key,
            value,
            f"only a site has channels, and {subject.id} is a {subject.kind}; leave it out",
            code="no_channels",
        )
    rows = session.execute(_SQL["channels"], {"id": subject.id}).fetchall()
    chosen = [id_ for id_, way in rows if channel in {None, id_} and direction in {None, way}]
    if not chosen:
        known = sorted({way for _, way in rows} if channel is None else {id_ for id_, _ in rows})
        raise EntryRefusedError(
            key, value, f"site {subject.id} has {', '.join(known) or 'no channels'}", code="no_such_channel"
        )
    return [EntrySubject("channel", id_, subject.timezone) for id_ in chosen]


def moment(key: str, text: str, timezone: str) -> datetime:
    """Read a moment: with its offset, or local in a time zone; a day alone is its beginning.

    Raises EntryRefusedError for what is no moment, lies in no year of measurements, does not exist there, or exists
    twice.
    """
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        raise EntryRefusedError(
            key,
            text,
            "write a day, or a day and a time, such as 2026-05-12 or 2026-05-12T07:30",
            code="unreadable_moment",
        ) from None
    if written.year not in OUR_YEARS:
        raise EntryRefusedError(
            key, text, f"write a year from {OUR_YEARS[0]} to {OUR_YEARS[-1]}", code="unreadable_moment"
        )
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    zone = ZoneInfo(timezone)
    first, second = (written.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second or _is_day(text.strip()):
        return first  # of a day whose midnight is left out the first moment that there is
    if first > second:
        raise EntryRefusedError(
            key,
            text,
            f"the clocks in {timezone} are put on past this moment; write one before or after it",
            code="skipped_moment",
        )
    ways = " or ".join(f"{one.astimezone(zone):%z}"[:3] + ":00" for one in (first, second))
    raise EntryRefusedError(
        key, text, f"in {timezone} this moment comes twice; add the offset, {ways}", code="repeated_moment"
    )


def _is_day(text: str) -> bool:
    """Return whether a moment is written as a day alone."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def checked(entry: Entry) -> Entry:
    """Give an entry with its reason trimmed; raise EntryRefusedError where it cannot be."""
    reason = entry.reason.strip().replace("\0", "")
    if not reason:
        raise EntryRefusedError(
            "reason", entry.reason, "say why in some words; readers of the numbers see them", code="no_reason"
        )
    if len(reason) > _LONGEST_REASON:
        raise EntryRefusedError(
            "reason", f"{reason[:40]}...", f"write at most {_LONGEST_REASON:,} characters", code="long_reason"
        )
    if entry.ended_at is not None and entry.ended_at <= entry.started_at:
        raise EntryRefusedError(
            "to",
            entry.ended_at.isoformat(),
            f"it must be later than {entry.started_at.isoformat()}",
            code="ends_too_early",
        )
    if entry.ended_at is None and entry.kind == "exclude":
        raise EntryRefusedError("to", "", "say until when; only maintenance may stay open", code="no_end")
    return entry._replace(reason=reason)


def preview(session: Session, entry: Entry) -> EntryChanges:
    """Find what an entry would change; nothing is written.

    Where it would stand in the place of one that ends later, the days that count again are among those that change.
    """
    same = [one for one in _standing(session, entry.kind, entry.subject) if one["started_at"] == entry.started_at]
    ends = [_text(one) for one in (entry.ended_at, *(before["ended_at"] for before in same))]
    where = {"kind": entry.subject.kind, "id": entry.subject.id, "started_at": entry.started_at,
             "ended_at": _text(entry.ended_at), "ends": ends}  # fmt: skip
    streams: dict[int, ConcernedDatastream] = {}
    days: set[date] = set()
    for datastream, place, channel, quantity, device, day, observations, counting in session.execute(
        _SQL["concerned"], where
    ).fetchall():
        before = streams.get(datastream, ConcernedDatastream(datastream, place, channel, quantity, device, 0, 0))
        streams[datastream] = before._replace(
            observations=before.observations + observations, counting=before.counting + counting
        )
        days |= {day} - {None}
    return EntryChanges(list(streams.values()), sorted(days), [one["entry"] for one in same])


def enter(session: Session, entry: Entry, *, entered_by: str) -> int:
    """Enter what a person says, and give the number of the entry.

    One of the same kind about the same subject and beginning stands in the place of an earlier one, and so closes or
    corrects it.
    """
    entry = checked(entry)
    return _put(session, entry, entered_by=entered_by)


def closings(session: Session, subject: EntrySubject, ended_at: datetime, *, reason: str = "") -> list[Entry]:
    """Give the entries that let all maintenance of a subject that is open before a moment end then, the newest first.

    Nothing is entered. Raises EntryRefusedError where none is open, or all of it begins later.
    """
    still_open = [one for one in _standing(session, "maintenance", subject) if one["ended_at"] is None]
    if not still_open:
        raise EntryRefusedError(
            "subject",
            subject.id,
            "no maintenance of it is open; `doorfiets exclude list` shows what holds",
            code="none_open",
        )
    begun = [one for one in still_open if one["started_at"] < ended_at] or still_open
    return [
        checked(Entry("maintenance", subject, one["started_at"], ended_at, reason or one["reason"])) for one in begun
    ]


def close(session: Session, subject: EntrySubject, ended_at: datetime, *, entered_by: str, reason: str = "") -> int:
    """Let all open maintenance of a subject end at a moment, and give the number of the entry that ends the newest.

    Raises EntryRefusedError as `closings` does.
    """
    ends = closings(session, subject, ended_at, reason=reason)
    numbers = [enter(session, one, entered_by=entered_by) for one in ends]
    return numbers[0]


def undo(session: Session, entry: int, *, reason: str, entered_by: str) -> int:
    """Take an entry back from its beginning, and give the number of the entry that says so.

    Raises EntryRefusedError where there is no such entry, or it does not hold.
    """
    found = of_number(session, entry)
    if not found["stands"]:
        raise EntryRefusedError("undo", entry, _why_not(found), code="does_not_hold")
    subject = EntrySubject(found["subject"], found["id"], "UTC")
    said = checked(Entry("maintenance", subject, found["started_at"], found["ended_at"], reason))
    return _put(session, said, entered_by=entered_by, undoes=entry)


def of_number(session: Session, entry: int) -> dict[str, Any]:
    """Give one entry as `entries` has it, with whether it `stands`; raise EntryRefusedError where there is none."""
    with session.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_SQL["entry"], {"entry": entry}).fetchone()
    if found is None:
        raise EntryRefusedError(
            "undo", entry, "there is no such entry; `doorfiets exclude list` shows what holds", code="no_such_entry"
        )
    return found


def undone_preview(session: Session, entry: int) -> EntryChanges:
    """Find what taking an entry back would change: the days that its findings are about."""
    found = of_number(session, entry)
    if not found["stands"]:
        raise EntryRefusedError("undo", entry, _why_not(found), code="does_not_hold")
    said = Entry(
        found["kind"], EntrySubject(found["subject"], found["id"], "UTC"), found["started_at"], found["ended_at"], "-"
    )
    return preview(session, said)._replace(instead_of=[entry])


def entries(session: Session, *, all_: bool = False) -> list[dict[str, Any]]:
    """List what people said and holds, the newest first; with `all_` also what was undone or replaced, and by what."""
    with session.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL["entries"], {"all": all_}).fetchall()


def _why_not(found: dict[str, Any]) -> str:
    if found["kind"] == "restore":
        return "it takes another one back itself; enter anew what shall not count"
    if found["undone_by"]:
        return f"entry {found['undone_by']} has taken it back already"
    return f"entry {found['replaced_by']} stands in its place; take that one back"


def _standing(session: Session, kind: str, subject: EntrySubject) -> list[dict[str, Any]]:
    with session.cursor(row_factory=dict_row) as cursor:
        where = {"kind": kind, "subject": subject.kind, "id": subject.id}
        return cursor.execute(_SQL["standing"], where).fetchall()


def _put(session: Session, entry: Entry, *, entered_by: str, undoes: int | None = None) -> int:
    said = {
        "kind": entry.kind if undoes is None else "restore",
        "undoes": undoes,
        "subject": entry.subject.kind,
        "id": entry.subject.id,
        "started_at": entry.started_at,
        "ended_at": _text(entry.ended_at),
        "reason": entry.reason,
        "entered_by": entered_by,
    }
    row = session.execute(_SQL["put"], said).fetchone()
    return int(row[0]) if row else 0


def _text(instant: datetime | None) -> str:
    return "infinity" if instant is None else instant.isoformat()
