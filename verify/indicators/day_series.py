"""The series of local days of a mode at a site, with the sums that indicators need."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from verify.counts import QUARTER, Count

HOUR: Final = timedelta(hours=1)
_QUARTERS: Final = 4


Channels: TypeAlias = tuple[str, ...] | None
"""The channels that were expected all day, in order; None where they changed in the day."""


class DayTotals(NamedTuple):
    """One local day: its total, None unless it is valid; what passed from 07 to 09 h and from 11 to 13 h."""

    day: date
    total: float | None
    morning: float | None = None
    midday: float | None = None
    busiest: tuple[float, float] = (-1.0, 0.0)
    """The counts of the busiest whole hour and of the busiest quarter in it; None where no hour is whole."""
    channels: Channels = ()


class DayRange(NamedTuple):
    """Local days, both ends included."""

    first: date
    last: date

    def within(self, span: "DayRange") -> int:
        """Return how many of its days lie in another range."""
        return max(0, (min(self.last, span.last) - max(self.first, span.first)).days + 1)

    def __contains__(self, day: object) -> bool:
        """Return whether a day lies in it."""
        return isinstance(day, date) and self.first <= day <= self.last


class DaySeries:
    """Days in order, and which of them are holidays."""

    def __init__(self, days: Iterable[DayTotals], holidays: Collection[date] = ()) -> None:
        self._days = sorted(days)
        self._keys = [day.day for day in self._days]
        self.holidays = holidays

    def valid(self, period: DayRange) -> list[DayTotals]:
        """Return the valid days of a period."""
        found = self._days[bisect_left(self._keys, period.first) : bisect_right(self._keys, period.last)]
        return [day for day in found if day.total is not None]

    def counts(self, period: DayRange) -> dict[date, float]:
        """Return the counts of the valid days of a period, by day."""
        return {day.day: day.total for day in self.valid(period) if day.total is not None}

    def channels(self) -> dict[date, Channels]:
        """Return the channels of all days."""
        return {day.day: day.channels for day in self._days}


def all_day(periods: Mapping[str, tuple[datetime, datetime]], start: datetime, end: datetime) -> Channels:
    """Return the channels that are expected from `start` to `end`; None where one begins or ends in between."""
    touched = {name: period for name, period in periods.items() if period[0] < end and start < period[1]}
    whole = all(since <= start and end <= until for since, until in touched.values())
    return tuple(sorted(touched)) if whole else None


def day_of(
    day: date, total: Count, quarters: Iterable[Count], zone: ZoneInfo, *, excluded: bool, channels: Channels = ()
) -> DayTotals:
    """Make a day from its sum and quarters; its total is None under 75 % coverage or where the calendar excludes it."""
    if not total.enough or excluded or total.value is None:
        return DayTotals(day, None)
    hours = list(_hours(quarters))
    return DayTotals(
        day,
        float(total.value),
        morning=_between(hours, (7, 8), zone),
        midday=_between(hours, (11, 12), zone),
        busiest=max((_busiest(rows) for _, rows in hours), default=(-1.0, 0.0)),
        channels=channels,
    )


def _hours(rows: Iterable[Count]) -> Iterator[tuple[datetime, list[Count]]]:
    hours: dict[datetime, list[Count]] = {}
    for row in rows:
        hours.setdefault(row.start.replace(minute=0), []).append(row)
    yield from hours.items()


def _between(hours: Iterable[tuple[datetime, list[Count]]], local: Collection[int], zone: ZoneInfo) -> float | None:
    """Add up local hours; None unless all of them are whole."""
    rows = [row for start, rows in hours if start.astimezone(zone).hour in local for row in rows]
    lasting = sum((row.end - row.start for row in rows if row.valid >= row.expected > 0), timedelta())
    if lasting < len(local) * HOUR or lasting < sum((row.end - row.start for row in rows), timedelta()):
        return None
    return float(sum((row.value for row in rows if row.value is not None), Decimal()))


def _busiest(rows: list[Count]) -> tuple[float, float]:
    """Return the count of an hour and of its busiest quarter; None unless it has four counted quarters."""
    values = [
        float(row.value) for row in rows if row.value is not None and row.valid == 1 and row.end - row.start == QUARTER
    ]
    return (sum(values), max(values)) if len(values) == _QUARTERS else (-1.0, 0.0)
