"""The only writer of findings, and of the flags that observations have by them."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from schemas.quality_flags import QUALITY_FLAGS
from streams.domain.time_ranges import TimeRange, cut, merged, together
from streams.sinks import lock_waits
from streams.sinks.connection import statements
from streams.sinks.lock_waits import PATIENCE, Session, again_until_free, limited

_log = logging.getLogger(__name__)
_SQL: Final = statements("findings.sql")
_ROWS: Final = 5_000
"""Observations of one piece: `store` waits for no more than these."""
_STRETCHES: Final = 200
_BITS: Final = {flag.name: flag.bit for flag in QUALITY_FLAGS if flag.attached == "finding"}
Cursor = psycopg.Cursor[Any]
_T = TypeVar("_T")

Tell: TypeAlias = Callable[[], object]
"""Takes note that something was done."""


def nothing() -> None:
    """Take no note."""


class FoundRun(NamedTuple):
    """A run that a check found; `ended_at` is None while it goes on."""

    flag: str
    started_at: datetime
    ended_at: datetime | None
    rule: str
    evidence: dict[str, Any]


class FindingChanges(NamedTuple):
    """How many findings are new, end at another moment, or are withdrawn."""

    new: int = 0
    moved: int = 0
    withdrawn: int = 0

    def __add__(self, other: "FindingChanges") -> "FindingChanges":  # type: ignore[override] # tuples of numbers, added up
        """Add up."""
        return FindingChanges(*map(sum, zip(self, other, strict=True)))


class FindingStore:
    """PostgreSQL as `quality` writes it: what is found about one datastream and the flags of a piece, in a transaction.

    A datastream is never left with a finding whose flags nobody knows to be missing: what a piece leaves is noted.
    Whoever writes raises StoreBusyError where others are in the way for so many seconds.
    """

    def __init__(self, conninfo: str, *, patience: float = PATIENCE, tell_waits: lock_waits.Tell = _log.info) -> None:
        """Describe the database; nothing happens yet. `tell_waits` receives a sentence about whoever is waited for."""
        self._patience, self._tell_waits = patience, tell_waits
        self._conninfo = make_conninfo(
            limited(conninfo), user="quality", application_name="doorfiets-quality", connect_timeout="5"
        )
        self._session: Session | None = None

    def drop(self) -> None:
        """Close the connection: what it had not committed is undone."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def session(self) -> Session:
        """Give the connection, a new one if there is none or the old one broke."""
        if self._session is None or self._session.closed:
            self._session = psycopg.connect(self._conninfo, autocommit=True, prepare_threshold=None)
            self._session.execute("SET TimeZone = 'UTC'")
        return self._session

    def newest_entry(self) -> int:
        """Give the number of the newest entry, 0 where there is none."""
        return int(self._rows("newest_entry")[0][0])

    def entries(self, tell: Tell = nothing) -> FindingChanges:
        """Let the findings of every datastream be those that follow from entries; answer what changed.

        `tell` is called after each of them.
        """
        changed = FindingChanges()
        for datastream, owner in self._rows("entries_due"):
            changed += self._patiently(lambda: self._put_entries(datastream, owner))  # noqa: B023 - done at once
            tell()
        return changed

    def found(
        self, datastream: int, owner: int, since: datetime, until: datetime, runs: Sequence[FoundRun]
    ) -> FindingChanges:
        """Let the findings of checks about a datastream, of what begins in a range, be these; answer what changed."""
        return self._patiently(lambda: self._put_runs(datastream, owner, _found(datastream, since, until, runs)))

    def found_only(
        self, datastream: int, _owner: int, since: datetime, until: datetime, runs: Sequence[FoundRun]
    ) -> FindingChanges:
        """Do the same without flags, in the transaction that is open: for one that is undone."""
        with self.session().cursor() as cursor:
            return put_runs(cursor, _found(datastream, since, until, runs))

    def flag(self, tell: Tell = nothing) -> int:
        """Flag a piece of every datastream of which anything is due; answer how many observations differ now.

        `tell` is called after each of them.
        """
        flagged = 0
        for datastream, owner, seconds in self._rows("due"):
            flagged += self._patiently(lambda: self._flag_piece(datastream, owner, seconds))  # noqa: B023 - done at once
            tell()
        return flagged

    def due(self) -> int:
        """Give the number of datastreams that have yet to be flagged."""
        return int(self._rows("left")[0][0])

    def standing(self) -> dict[str, int]:
        """Give how many findings stand, by flag."""
        return dict(self._rows("standing"))

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self.session().execute(_SQL[name]).fetchall()

    def _put_entries(self, datastream: int, owner: int) -> FindingChanges:
        with self._holding(owner) as cursor:
            changed = FindingChanges(*cursor.execute(_SQL["put_entries"], {"datastream": datastream}).fetchone() or ())
            _flag(cursor, datastream, self._seconds(cursor, datastream))
        return changed

    def _put_runs(self, datastream: int, owner: int, runs: dict[str, Any]) -> FindingChanges:
        """Try it first beside `store`: mostly nothing differs, and then nobody has to wait."""
        with self.session().transaction() as attempt, self.session().cursor() as cursor:
            changed = put_runs(cursor, runs)
            if any(changed):
                raise psycopg.Rollback(attempt)
        if not any(changed):
            return changed
        with self._holding(owner) as cursor:
            changed = put_runs(cursor, runs)
            if any(changed):
                _flag(cursor, datastream, self._seconds(cursor, datastream))
        return changed

    def _flag_piece(self, datastream: int, owner: int, seconds: int) -> int:
        with self._holding(owner) as cursor:
            return _flag(cursor, datastream, seconds)

    def _seconds(self, cursor: Cursor, datastream: int) -> int:
        row = cursor.execute(_SQL["seconds"], {"datastream": datastream}).fetchone()
        return int(row[0]) if row else 1

    @contextmanager
    def _holding(self, owner: int) -> Iterator[Cursor]:
        """Work in a transaction while `store` waits with readings of an owner."""
        with self.session().transaction(), self.session().cursor() as cursor:
            cursor.execute(_SQL["hold_marks"], {"owner": owner})
            yield cursor

    def _patiently(self, change: Callable[[], _T]) -> _T:
        """Try again while others are in the way; each try waits shortly, so that nobody waits behind it for long."""
        session = self.session()
        return again_until_free(session, self._conninfo, change, self._tell_waits, patience=self._patience)


def put_runs(cursor: Cursor, runs: dict[str, Any]) -> FindingChanges:
    """Write what `_found` gives, without flags."""
    return FindingChanges(*cursor.execute(_SQL["put_runs"], runs).fetchone() or ())


def _found(datastream: int, since: datetime, until: datetime, runs: Iterable[FoundRun]) -> dict[str, Any]:
    """Give runs as `put_runs` takes them."""
    ones = list(runs)
    return {
        "datastream": datastream, "from": since, "until": until,
        "flags": [one.flag for one in ones], "bits": [_BITS[one.flag] for one in ones],
        "starts": [one.started_at for one in ones], "ends": [_text(one.ended_at) for one in ones],
        "rules": [one.rule for one in ones], "evidence": [Jsonb(one.evidence) for one in ones],
    }  # fmt: skip


def _text(instant: datetime | None) -> str:
    return "infinity" if instant is None else instant.isoformat()


def _flag(cursor: Cursor, datastream: int, seconds: int) -> int:
    """Flag the newest piece of what is due, and note the rest; answer how many observations differ now."""
    due = merged(TimeRange(*row) for row in cursor.execute(_SQL["take_due"], {"datastream": datastream}).fetchall())
    piece = _piece(cursor, datastream, seconds, due)
    if due:
        starts, ends = [one.started_at for one in due], [_text(one.ended_at) for one in due]
        cursor.execute(_SQL["put_back"], {"datastream": datastream, "starts": starts, "ends": ends})
    if not piece:
        return 0
    first, until = together(piece)
    where = {"datastream": datastream, "from": first, "until": until}
    starts, ends = [one.started_at for one in piece], [_text(one.ended_at) for one in piece]
    row = cursor.execute(_SQL["put_flags"], {**where, "starts": starts, "ends": ends}).fetchone()
    differ = int(row[0]) if row else 0
    if differ:
        cursor.execute(_SQL["put_last_valid"], {"datastream": datastream})
    return differ


def _piece(cursor: Cursor, datastream: int, seconds: int, due: list[TimeRange]) -> list[TimeRange]:
    """Take from the end of what is due as much as one piece may hold."""
    piece: list[TimeRange] = []
    room, interval = _ROWS * timedelta(seconds=seconds), timedelta(seconds=seconds)
    while due and room >= interval and len(piece) < _STRETCHES:
        one = _observed(cursor, datastream, due.pop(), room, interval)
        if one is None:
            continue
        newest, rest = cut(one, room)
        piece.append(newest)
        if rest is not None:
            due.append(rest)
        room -= (newest.ended_at or newest.started_at) - newest.started_at
    return piece


def _observed(
    cursor: Cursor, datastream: int, stretch: TimeRange, room: timedelta, interval: timedelta
) -> TimeRange | None:
    """Give the part of a long stretch in which anything was observed; None where nothing was."""
    if stretch.within(room):
        return stretch
    where = {"datastream": datastream, "from": stretch.started_at, "until": stretch.ended_at}
    first: datetime | None
    last: datetime | None
    first, last = cursor.execute(_SQL["bounds"], where).fetchone() or (None, None)
    return None if first is None or last is None else TimeRange(first, last + interval)
