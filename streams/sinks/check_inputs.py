"""What checks are asked about: places whose hours changed, and the series of one with those of its neighbours."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from schemas.quality_flags import EXCLUDING
from streams.domain.quality import LocalCalendar, ReadingSeries, SeriesSet
from streams.sinks.connection import statements
from streams.sinks.lock_waits import Session

_SQL: Final = statements("check_inputs.sql")
_QUARTER: Final = 900
_DAY: Final = timedelta(days=1)
_KINDS: Final = {
    "public_holiday": "holidays",
    "school_holiday": "school_holidays",
    "works": "works",
    "event": "events",
}


class Place(NamedTuple):
    """A site or station."""

    kind: str
    place: str


class DueCheck(NamedTuple):
    """A place whose hours changed, from the oldest of them on; `noted` says how often that was noted by then."""

    place: Place
    since: datetime
    noted: int


class PlaceSeries(NamedTuple):
    """What the checks of a place are given; and its own datastreams, each with the number of its owner."""

    series: SeriesSet
    calendar: LocalCalendar
    own: dict[int, int]


def begin(session: Session) -> None:
    """Follow changes from now on, unless they are followed already."""
    session.execute(_SQL["begin"])


def follow(session: Session) -> None:
    """Note which places have changed since the last time."""
    session.execute(_SQL["follow"])


def next_place(session: Session, every: timedelta) -> DueCheck | None:
    """Give the place whose turn it is, none of which was checked less than `every` ago."""
    row = session.execute(_SQL["next_place"], {"every": every}).fetchone()
    return None if row is None else DueCheck(Place(row[0], row[1]), row[2], row[3])


def done(session: Session, what: DueCheck) -> None:
    """Note that a place is checked."""
    session.execute(_SQL["place_done"], {**what.place._asdict(), "noted": what.noted})


def waiting(session: Session) -> int:
    """Give the number of places that are due."""
    row = session.execute(_SQL["waiting"]).fetchone()
    return int(row[0]) if row else 0


def places(session: Session, name: str | None = None) -> list[Place]:
    """Give all places, or those called so."""
    return [Place(*row) for row in session.execute(_SQL["places"], {"place": name}).fetchall()]


def observed(session: Session, place: Place) -> tuple[datetime, datetime] | None:
    """Give since when anything was observed at a place, and the time of the database; None where nothing was."""
    row = session.execute(_SQL["observed"], place._asdict()).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def begins(session: Session, place: Place, since: datetime) -> datetime:
    """Give where to begin so that no run that a check found reaches into what follows from before."""
    row = session.execute(_SQL["begins"], {**place._asdict(), "from": since}).fetchone()
    return row[0] if row and row[0] is not None else since


def series_of(session: Session, place: Place, since: datetime, until: datetime) -> PlaceSeries | None:
    """Read the series of a place and its neighbours in a range; None where it has no datastream then."""
    where = {**place._asdict(), "from": since, "until": until}
    streams = session.execute(_SQL["streams"], where).fetchall()
    own = {row[0]: row[10] for row in streams if row[9]}
    if not own:
        return None
    zone = ZoneInfo(next(row[11] for row in streams if row[9]))
    where |= {"datastreams": [row[0] for row in streams], "excluding": EXCLUDING}
    rows = session.execute(_SQL["readings"], where, binary=True).fetchall()
    readings = {datastream: list(ones) for datastream, ones in groupby(rows, key=lambda row: row[0])}
    series = [(row[9], _series(row, readings.get(row[0], ()))) for row in streams]
    found = SeriesSet(
        tuple(one for is_own, one in series if is_own), tuple(one for is_own, one in series if not is_own)
    )
    return PlaceSeries(found, _calendar(session, place, since, until, zone), own)


def _series(stream: tuple[Any, ...], readings: Sequence[tuple[Any, ...]]) -> ReadingSeries:
    datastream, place, quantity, seconds, channel, direction, camera, instrument, bits, *_ = stream
    _, start, value, valid, uptime, delay = zip(*readings, strict=True) if readings else ((),) * 6
    return ReadingSeries(
        datastream, place, quantity, max(seconds, _QUARTER), np.array(start, np.int64), np.array(value, np.float64),
        np.array(valid, np.bool_), np.array(uptime, np.float64), np.array(delay, np.float64), None, channel, direction,
        camera, instrument, bits,
    )  # fmt: skip


def _calendar(session: Session, place: Place, since: datetime, until: datetime, zone: ZoneInfo) -> LocalCalendar:
    local = {"first": since.astimezone(zone).date() - _DAY, "last": until.astimezone(zone).date() + _DAY}
    days: dict[str, set[date]] = {}
    for kind, day in session.execute(_SQL["calendar"], {**place._asdict(), **local}).fetchall():
        days.setdefault(_KINDS[kind], set()).add(day)
    return LocalCalendar(zone, **{name: frozenset(ones) for name, ones in days.items()})
