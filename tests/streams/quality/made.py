"""Series that are made for a test: a working week that repeats itself, and what is to be found in it."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from streams.domain.quality import LocalCalendar, QualityRun, ReadingSeries, SeriesSet, runs

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
CALENDAR: Final = LocalCalendar(AMSTERDAM)
MONDAY: Final = datetime(2026, 1, 12, tzinfo=UTC)
"""The first moment of the series that are made here, 1 h in Assen."""
HOUR: Final = 3600
COURSE: Final = np.array([0, 0, 0, 0, 0, 2, 10, 30, 60, 30, 20, 20, 25, 25, 25, 30, 50, 70, 40, 20, 15, 10, 6, 2.0])
"""Passages by hour of UTC: 490 a day."""


def counts(weeks: int, *, seed: int = 1, place: str = "kolk", datastream: int = 1, level: float = 1.0) -> ReadingSeries:
    """Make the counts of a site by the hour: random around the course of each day, weekends half as busy.

    The rate of each day varies by a fifth, so that days are burstier than chance makes them.
    """
    generator = np.random.default_rng(seed)
    days = np.array([0.5 if day % 7 > 4 else 1.0 for day in range(weeks * 7)]) * generator.gamma(25, 1 / 25, weeks * 7)
    values = generator.poisson(np.outer(days * level, COURSE).ravel()).astype(np.float64)
    return series(values, place=place, datastream=datastream)


def series(
    values: np.ndarray, *, quantity: str = "bicycles", seconds: int = HOUR, place: str = "kolk", datastream: int = 1
) -> ReadingSeries:
    """Make a series from `MONDAY` on, all of it valid."""
    starts = int(MONDAY.timestamp()) + seconds * np.arange(len(values), dtype=np.int64)
    return ReadingSeries(
        datastream, place, quantity, seconds, starts, values.astype(np.float64), np.ones(len(values), np.bool_)
    )


def put(one: ReadingSeries, first: int, values: np.ndarray | float, length: int = 1) -> ReadingSeries:
    """Put other values into a series, from an index on."""
    new = one.values.copy()
    new[first : first + (len(values) if isinstance(values, np.ndarray) else length)] = values
    return one._replace(values=new)


def end(one: ReadingSeries) -> datetime:
    """Give the moment at which the last interval of a series ends."""
    return moment(int(one.starts[-1]) + one.seconds)


def moment(seconds: int) -> datetime:
    """Give seconds of UTC as an instant."""
    return datetime.fromtimestamp(seconds, UTC)


def found(
    *judge: ReadingSeries, near: tuple[ReadingSeries, ...] = (), calendar: LocalCalendar = CALENDAR
) -> list[QualityRun]:
    """Judge series as of the end of the first of them."""
    return runs(SeriesSet(judge, near), calendar, {}, end(judge[0]))


def on(*days: date) -> frozenset[date]:
    """Give a set of days."""
    return frozenset(days)
