"""Growth, like for like: over days that are valid in both periods, of the same channels."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, TypeAlias

from verify.indicators.day_series import Channels, DayRange, DaySeries

LEAST_DAYS: Final = 7
_WEEKS: Final = timedelta(days=364)
_FOREVER: Final = DayRange(date.min, date.max)
_LEAP: Final = (2, 29)

Before: TypeAlias = Callable[[date], date | None]


def like_for_like(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare dates with those a year before; 29 February is left out."""
    return grown(day_series.counts(_FOREVER), period, a_year_before, [day_series.channels()])


def same_weekday(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare days with those 364 days before, which are the same weekdays."""
    return grown(day_series.counts(_FOREVER), period, lambda day: day - _WEEKS, [day_series.channels()])


def grown(
    counts: dict[date, float], period: DayRange, before: Before, channels: Sequence[Mapping[date, Channels]] = ()
) -> float | None:
    """Return the growth of the days of a period over their partners, as a fraction; None under seven pairs.

    A pair is of the same `channels`, of every place that the counts are of.
    """
    pairs = [
        (counts[other], count)
        for day, count in counts.items()
        if day in period and (other := before(day)) is not None and other in counts and _same(channels, day, other)
    ]
    then, now = sum(one for one, _ in pairs), sum(other for _, other in pairs)
    return now / then - 1 if then and len(pairs) >= LEAST_DAYS else None


def _same(channels: Sequence[Mapping[date, Channels]], one: date, other: date) -> bool:
    return all(of[one] is not None and of[one] == of[other] for of in channels)


def a_year_before(day: date) -> date | None:
    """Return the same date of the year before; None for 29 February."""
    return None if (day.month, day.day) == _LEAP else day.replace(year=day.year - 1)
