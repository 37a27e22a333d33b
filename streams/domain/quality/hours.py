"""Series by the local hour: one row of hours without a seam, in which a week is always 168 of them."""

from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import (
    DAY,
    HOUR,
    Instants,
    LocalCalendar,
    Marks,
    Numbers,
    ReadingSeries,
    counts,
    instant,
)

WEEK: Final = 168
"""Hours of a week."""
_EPOCH: Final = date(1970, 1, 1)
_MONDAY: Final = 3
"""1970-01-01 was a Thursday: the third day after a Monday."""
_SUNDAY: Final = 6
_HALF: Final = 0.5


class LocalHours(NamedTuple):
    """A row of local hours: its first (hours of local time since 1970), and of each the kind of its day.

    The hour that the spring skips is an empty one, and the one that the autumn repeats holds both.
    """

    first: int
    weekdays: Instants
    holidays: Marks
    school_holidays: Marks
    works: Marks
    events: Marks

    def __len__(self) -> int:
        """Return the number of hours."""
        return len(self.weekdays)


class SeriesHours(NamedTuple):
    """A series by local hours: the sum of what counts, and how much of each hour counts, 0 to 1 (2 in autumn).

    `rates` are passages in an hour, or means of what is no count; NaN where less than half of an hour was measured.
    """

    sums: Numbers
    shares: Numbers
    rates: Numbers


def local_seconds(starts: Instants, calendar: LocalCalendar) -> Instants:
    """Return instants of UTC as the reading of a local clock, in seconds since 1970."""
    if not len(starts):
        return starts
    hour = starts // HOUR
    first, last = int(np.min(hour)), int(np.max(hour))
    return starts + _offsets(first, last, calendar)[hour - first]


def _offsets(first: int, last: int, calendar: LocalCalendar) -> Instants:
    """Return the offset of each hour of UTC; a day that begins and ends with the same one has no change between."""
    found = np.empty(last - first + 1, np.int64)
    for begin in range(first, last + 1, 24):
        end = min(begin + 24, last + 1)
        one, other = _offset(begin, calendar), _offset(end, calendar)
        found[begin - first : end - first] = (
            one if one == other else [_offset(each, calendar) for each in range(begin, end)]
        )
    return found


def _offset(hour: int, calendar: LocalCalendar) -> int:
    offset = instant(hour * HOUR).astimezone(calendar.zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def local_hours(first: int, last: int, calendar: LocalCalendar) -> LocalHours:
    """Return the local hours from one instant to another, both in seconds of UTC, on whole local days."""
    begin, end = (int(at) // DAY for at in local_seconds(np.array([first, last], np.int64), calendar))
    days = np.arange(begin, end + 1)
    dates = [_EPOCH + timedelta(days=int(day)) for day in days]

    def marked(of: frozenset[date]) -> Marks:
        return np.repeat(np.array([day in of for day in dates], np.bool_), 24)

    return LocalHours(
        begin * 24,
        np.repeat((days + _MONDAY) % 7, 24),
        marked(calendar.holidays),
        marked(calendar.school_holidays),
        marked(calendar.works),
        marked(calendar.events),
    )


def hourly(series: ReadingSeries, at: Instants, grid: LocalHours) -> SeriesHours:
    """Add a series up by local hours; `at` says in which hour of the grid each reading lies."""
    there = counts(series)
    size, share = len(grid), series.seconds / HOUR
    weight = 1.0 if QUANTITIES[series.quantity].counted else share
    sums = np.asarray(np.bincount(at[there], series.values[there] * weight, size), np.float64)
    shares = np.bincount(at[there], minlength=size) * np.float64(share)
    enough = shares >= _HALF
    return SeriesHours(sums, shares, np.where(enough, sums / np.where(enough, shares, 1.0), np.nan))


def on_sunday(hours: Instants, grid: LocalHours) -> Instants:
    """Return the same hour of the Sunday of its week, which may lie behind the grid."""
    return hours + (_SUNDAY - grid.weekdays[hours]) * 24
