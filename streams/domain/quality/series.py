"""What the quality checks take and return: series of readings, the days around them, and runs that a check found."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Instants: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.bool_]

HOUR: Final = 3600
DAY: Final = 86_400
OPEN: Final = datetime.max.replace(tzinfo=UTC)
"""The end of a run that goes on: what comes next gets its flag as well (`infinity` in the database)."""


class ReadingSeries(NamedTuple):
    """The readings of one datastream in order of time, each interval once; arrays have one length.

    `seconds` is the interval, a divisor of 3600. `starts` are whole seconds of UTC since 1970, `values` are in the unit
    of the quantity and NaN where there is none, `uptime` is 0 to 1, `delay` is the seconds from the end of the interval
    to its reception and NaN where unknown. `valid` says that neither a message nor a person has excluded the reading,
    whatever earlier checks found: who left out what a check found before would make the finding dissolve itself.

    `place` is the site or station. `camera` names the device of a sensor that sees, and is the same for all its modes;
    `unclassified` is what it counted without knowing what it was (Telraam: `night`), in passages. `instrument` and
    `register_bits` say where its numbers end.
    """

    datastream: int
    place: str
    quantity: str
    seconds: int
    starts: Instants
    values: Numbers
    valid: Marks
    uptime: Numbers | None = None
    delay: Numbers | None = None
    unclassified: Numbers | None = None
    channel: str = ""
    direction: str = ""
    camera: str = ""
    instrument: str = ""
    register_bits: int = 0


class SeriesSet(NamedTuple):
    """The series of a site or station, which are judged, and those of its neighbours, which are only listened to.

    Neighbours are of the same owner or stand near: the same quantity at other sites for counts, other kits for air.
    """

    series: tuple[ReadingSeries, ...]
    neighbours: tuple[ReadingSeries, ...] = ()


class LocalCalendar(NamedTuple):
    """The local days that are unlike others where the series are measured.

    On `works` a road may be closed, so that silence is no fault; an `event` may be as busy as it likes.
    """

    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    school_holidays: frozenset[date] = frozenset()
    works: frozenset[date] = frozenset()
    events: frozenset[date] = frozenset()


class QualityRun(NamedTuple):
    """A run of one datastream that a check found, from `started_at` until before `ended_at`, in UTC.

    `flag` is a name in `QUALITY_FLAGS` that is attached by a finding, `rule` the version of its rule. `evidence` has
    the measured values that tell why: numbers, texts, and instants as text.
    """

    datastream: int
    flag: str
    started_at: datetime
    ended_at: datetime
    rule: str
    evidence: Mapping[str, object]


def known(series: ReadingSeries, as_of: int) -> ReadingSeries:
    """Return a series as far as its intervals had ended at a moment, given in seconds of UTC."""
    count = int(np.searchsorted(series.starts, as_of - series.seconds, side="right"))
    if count == len(series.starts):
        return series
    return series._replace(
        starts=series.starts[:count],
        values=series.values[:count],
        valid=series.valid[:count],
        uptime=_cut(series.uptime, count),
        delay=_cut(series.delay, count),
        unclassified=_cut(series.unclassified, count),
    )


def _cut(array: Numbers | None, count: int) -> Numbers | None:
    return None if array is None else array[:count]


def counts(series: ReadingSeries) -> Marks:
    """Return where a series holds a value that counts: valid, a number, and measured for some of the interval."""
    there = series.valid & np.isfinite(series.values)
    return there if series.uptime is None else there & (series.uptime > 0)


def without(series: ReadingSeries, left_out: Marks) -> ReadingSeries:
    """Return a series in which these readings are not valid."""
    return series._replace(valid=series.valid & ~left_out)


def covered(series: ReadingSeries, runs: list[QualityRun]) -> Marks:
    """Return which readings of a series start within these runs."""
    inside = np.zeros(len(series.starts), np.bool_)
    for run in runs:
        first, last = np.searchsorted(series.starts, [seconds(run.started_at), seconds(run.ended_at)])
        inside[first:last] = True
    return inside


def instant(at: float) -> datetime:
    """Return seconds of UTC since 1970 as an instant."""
    return datetime.fromtimestamp(int(at), UTC)


def seconds(at: datetime) -> int:
    """Return an instant as whole seconds of UTC since 1970."""
    return int(at.timestamp())


def text(at: float) -> str:
    """Return seconds of UTC since 1970 as evidence tells them."""
    return instant(at).isoformat().replace("+00:00", "Z")


def stretches(marks: Marks) -> list[tuple[int, int]]:
    """Return the stretches of marks in a row, each from its first index until before its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
