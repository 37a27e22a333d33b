"""Buckets of time: hours of UTC, and local days of 23, 24 or 25 hours with the longer intervals made of them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MONDAY: Final = 0
_DECEMBER: Final = 12


class NamedRange(NamedTuple):
    """A half-open range of UTC, and its name for people."""

    name: str
    start: datetime
    end: datetime


class LocalRange(NamedTuple):
    """A range of local days, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Return the instant at which the first day begins."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """Return the instant at which the last day ends."""
        return midnight(self.last + _DAY, self.zone)

    def days(self) -> Iterator[date]:
        """Yield the days."""
        day = self.first
        while day <= self.last:
            yield day
            day += _DAY


_Split: TypeAlias = Callable[[LocalRange], Iterator[NamedRange]]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _hours(span: LocalRange) -> Iterator[NamedRange]:
    start = span.start
    while start + _HOUR <= span.end:
        yield NamedRange(f"{start:%Y-%m-%dT%H:%MZ}", start, start + _HOUR)
        start += _HOUR


def _split(begins: Callable[[date], bool], after: Callable[[date], date], name: str) -> _Split:
    """Make buckets of whole days: `begins` tells which days are first, `after` gives the first of the next."""

    def split(span: LocalRange) -> Iterator[NamedRange]:
        for day in span.days():
            if begins(day) and after(day) - _DAY <= span.last:
                yield NamedRange(f"{day:{name}}", midnight(day, span.zone), midnight(after(day), span.zone))

    return split


def _next_month(first: date) -> date:
    return date(first.year + 1, 1, 1) if first.month == _DECEMBER else date(first.year, first.month + 1, 1)


def _rolling(span: LocalRange) -> Iterator[NamedRange]:
    """Yield the twelve months that end with each month."""
    for day in span.days():
        if (
            day.day == 1
            and _next_month(day) - _DAY <= span.last
            and (first := _eleven_months_before(day)) >= span.first
        ):
            name = f"{first:%Y-%m} - {day:%Y-%m}"
            yield NamedRange(name, midnight(first, span.zone), midnight(_next_month(day), span.zone))


def _eleven_months_before(first: date) -> date:
    return _next_month(date(first.year - 1, first.month, 1))


_BUCKETS: Final[Mapping[str, _Split]] = MappingProxyType(
    {
        "uur": _hours,
        "dag": _split(lambda _: True, lambda day: day + _DAY, "%Y-%m-%d"),
        "week": _split(lambda day: day.weekday() == _MONDAY, lambda day: day + 7 * _DAY, "%G-W%V"),
        "maand": _split(lambda day: day.day == 1, _next_month, "%Y-%m"),
        "twaalf-maanden": _rolling,
        "geheel": lambda span: iter([NamedRange(f"{span.first} - {span.last}", span.start, span.end)]),
        "jaar": _split(lambda day: (day.month, day.day) == (1, 1), lambda day: date(day.year + 1, 1, 1), "%Y"),
    }
)


def buckets(interval: str, span: LocalRange) -> Iterator[NamedRange]:
    """Return the buckets of a public interval that lie wholly within a range."""
    return _BUCKETS[interval](span)
