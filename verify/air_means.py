"""Means of hours of air, withheld under three quarters (directive 2008/50/EC, annex VII)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from math import fsum
from typing import Final, TypeAlias

from verify.calendar import LocalRange

HOUR: Final = timedelta(hours=1)
EIGHT: Final = 8
_SUMMER: Final = range(4, 10)

Mean: TypeAlias = float | None
Hours: TypeAlias = Callable[[datetime], Mean]
"""What gives the mean of the hour that begins at an instant, None where there is none."""


def mean(values: Sequence[Mean]) -> Mean:
    """Average what is known of some hours; None under three quarters of them."""
    known = [value for value in values if value is not None]
    return fsum(known) / len(known) if known and len(known) * 4 >= len(values) * 3 else None


def before(hours: Hours, last: datetime, number: int) -> Sequence[Mean]:
    """Return so many hours, of which `last` is the last one."""
    return [hours(last - ago * HOUR) for ago in reversed(range(number))]


def day_mean(hours: Hours, day: LocalRange) -> Mean:
    """Average the 23, 24 or 25 hours of a local day."""
    return mean([hours(at) for at in _starts(day)])


def highest_of_eight(hours: Hours, day: LocalRange) -> Mean:
    """Return the highest mean of eight hours that ends in a local day; three quarters of these must be known."""
    running = [mean(before(hours, at, EIGHT)) for at in _starts(day)]
    known = [one for one in running if one is not None]
    return max(known) if known and len(known) * 4 >= len(running) * 3 else None


def year_mean(hours: Hours, year: LocalRange) -> Mean:
    """Average the hours of a year; three quarters of those of summer (April to September) and of winter are needed."""
    summer, winter = (
        [hours(at) for day in year.days() if (day.month in _SUMMER) is half for at in _starts(_day(day, year))]
        for half in (True, False)
    )
    known = [value for value in (*summer, *winter) if value is not None]
    return fsum(known) / len(known) if mean(summer) is not None and mean(winter) is not None else None


def _day(day: date, of: LocalRange) -> LocalRange:
    return LocalRange(day, day, of.zone)


def _starts(day: LocalRange) -> Sequence[datetime]:
    return [day.start + number * HOUR for number in range((day.end - day.start) // HOUR)]
