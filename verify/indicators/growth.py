"""Growth, like for like: only days that are valid both then and now."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, TypeAlias

from verify.indicators.day_series import DayRange, DaySeries

LEAST_DAYS: Final = 7
_WEEKS: Final = timedelta(days=364)
_FOREVER: Final = DayRange(date.min, date.max)
_LEAP: Final = (2, 29)

Before: TypeAlias = Callable[[date], date | None]


def like_for_like(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare by date with a year before; 29 February has no partner."""
    return grown(day_series.counts(_FOREVER), period, a_year_before)


def same_weekday(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare with 364 days before, weekday by weekday."""
    return grown(day_series.counts(_FOREVER), period, lambda day: day - _WEEKS)


def grown(counts: dict[date, float], period: DayRange, before: Before) -> float | None:
    """Say by what fraction more was counted on the days of a period than on their partners; seven at least."""
    pairs = [
        (counts[other], count)
        for day, count in counts.items()
        if day in period and (other := before(day)) is not None and other in counts
    ]
    then, now = sum(one for one, _ in pairs), sum(other for _, other in pairs)
    return now / then - 1 if then and len(pairs) >= LEAST_DAYS else None


def a_year_before(day: date) -> date | None:
    """Give the same date of the year before."""
    return None if (day.month, day.day) == _LEAP else day.replace(year=day.year - 1)
