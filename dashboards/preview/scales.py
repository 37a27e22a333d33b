"""Scales of numbers and of time: where an axis begins and ends, and at which places it is written."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise, takewhile
from math import ceil, floor, log10
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from dashboards.preview import letters
from dashboards.preview.sheet_language import SheetLanguage

_NICE: Final = (1, 2, 2.5, 5, 10)
_NEAR: Final = 1e-9
_AIR: Final = 14.0
"""Pixels between two labels beside each other."""
_LEFT: Final = 24.0
"""Pixels to the left of an axis that its first label may take, below the values."""
_DAY: Final = timedelta(days=1)
_STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 180, 360, 720))
_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60)
_YEAR: Final = 12


class ValueScale(NamedTuple):
    """Numbers from `low` to `high`, with the ticks between them."""

    low: float
    high: float
    ticks: Sequence[float]

    def share(self, value: float) -> float:
        """Say how far a value lies from the bottom to the top, from 0 to 1 within the scale."""
        return (value - self.low) / (self.high - self.low)


class TimeTick(NamedTuple):
    """An instant on an axis, and how it is written there."""

    at: datetime
    text: str


class TimeScale(NamedTuple):
    """The time between two instants along a line of some pixels."""

    start: datetime
    end: datetime
    left: float
    width: float

    def place(self, at: datetime) -> float:
        """Give where an instant lies, in pixels of the sheet."""
        return self.left + (at - self.start) / (self.end - self.start) * self.width


def value_scale(
    values: Sequence[float], most: int, *, low: float | None = None, high: float | None = None
) -> ValueScale:
    """Make a scale that holds all values between its bounds, where they are not set at nice numbers around them."""
    bottom = min(values, default=0.0) if low is None else low
    top = max(values, default=1.0) if high is None else high
    if top <= bottom:
        top = bottom + (abs(bottom) or 1.0)
    step = _nice_step((top - bottom) / max(1, most))
    first = floor(bottom / step + _NEAR) * step if low is None else low
    last = ceil(top / step - _NEAR) * step if high is None else top
    start = ceil(first / step - _NEAR)
    ticks = [round(number * step, 12) for number in range(start, floor(last / step + _NEAR) + 1)]
    return ValueScale(first, last, ticks)


def _nice_step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return float(next(step * power for step in _NICE if step * power >= least * (1 - _NEAR)))


def time_ticks(scale: TimeScale, language: SheetLanguage) -> list[TimeTick]:
    """Choose the closest ticks whose labels do not touch and stay within the axis: hours, days, months or years."""
    ticks: list[TimeTick] = []
    for candidates in _candidates(scale, language):
        ticks = [tick for tick in candidates if _inside(scale, tick)]
        if _apart(scale, ticks):
            return ticks
    return ticks[:1]


def _candidates(scale: TimeScale, language: SheetLanguage) -> Iterator[list[TimeTick]]:
    zone = language.zone
    for step in _STEPS:
        if (scale.end - scale.start) / step <= scale.width / _AIR:
            yield [TimeTick(at, _hour(at, language)) for at in _hours(scale, step, zone)]
    for days in _DAYS:
        if (scale.end - scale.start) / _DAY / days <= scale.width / _AIR:
            yield [TimeTick(at, language.day(at)) for at in _local_days(scale, days, zone)]
    for months in _MONTHS:
        yield [TimeTick(at, _month(at, months, language)) for at in _local_months(scale, months, zone)]


def _hour(at: datetime, language: SheetLanguage) -> str:
    clock = language.clock(at)
    return language.day(at) if clock == "00:00" else clock


def _month(at: datetime, months: int, language: SheetLanguage) -> str:
    return str(at.astimezone(language.zone).year) if months >= _YEAR else language.month(at)


def _hours(scale: TimeScale, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Give every step of each local day, counted from its midnight; those that a clock change skips are left out."""
    for midnight in _local_days(scale, 1, zone, before=True):
        day = midnight.astimezone(zone).date()
        for number in range(_DAY // step):
            local = datetime.combine(day, time(), zone) + number * step  # by the clock on the wall
            at = local.astimezone(scale.start.tzinfo)
            if scale.start <= at <= scale.end and at.astimezone(zone).hour == local.hour:
                yield at


def _local_days(scale: TimeScale, days: int, zone: ZoneInfo, *, before: bool = False) -> Iterator[datetime]:
    """Give local midnights; every seven days those of Mondays."""
    day = scale.start.astimezone(zone).date()
    if days > 1:
        day -= timedelta(days=(day - date(2024, 1, 1)).days % days)  # a Monday
    while (at := _midnight(day, zone, scale)) <= scale.end:
        if before or at >= scale.start:
            yield at
        day += timedelta(days=days)


def _local_months(scale: TimeScale, months: int, zone: ZoneInfo) -> Iterator[datetime]:
    first = scale.start.astimezone(zone).date()
    number = (first.year * _YEAR + first.month - 1) // months * months

    def at(number: int) -> datetime:
        return _midnight(date(number // _YEAR, number % _YEAR + 1, 1), zone, scale)

    numbers = range(number, number + 100 * _YEAR, months)
    for found in takewhile(lambda found: found <= scale.end, map(at, numbers)):
        if found >= scale.start:
            yield found


def _midnight(day: date, zone: ZoneInfo, scale: TimeScale) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(scale.start.tzinfo)


def _inside(scale: TimeScale, tick: TimeTick) -> bool:
    half = letters.width(tick.text) / 2
    return scale.left - _LEFT <= scale.place(tick.at) - half and scale.place(tick.at) + half <= (
        scale.left + scale.width + _AIR
    )


def _apart(scale: TimeScale, ticks: Sequence[TimeTick]) -> bool:
    places = [(scale.place(tick.at), letters.width(tick.text) / 2) for tick in ticks]
    return all(later - wide - _AIR >= earlier + half for (earlier, half), (later, wide) in pairwise(places))
