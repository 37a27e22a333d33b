"""Growth, like for like: over days that are valid in both periods, of the same channels."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import fsum
from typing import Final, TypeAlias

from verify.indicators.day_series import Channels, DayRange, DaySeries

LEAST_DAYS: Final = 7
LEAST_PAIRS: Final = 28
_WEEKS: Final = timedelta(days=364)
_FOREVER: Final = DayRange(date.min, date.max)
_LEAP: Final = (2, 29)

Before: TypeAlias = Callable[[date], date | None]
_Pair: TypeAlias = tuple[date, float, float]
"""A day, and what was counted on its partner and on itself."""


def like_for_like(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare dates with those a year before; 29 February is left out."""
    return together([day_series], period, a_year_before)


def same_weekday(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare days with those 52 weeks before, which are the same weekdays."""
    return together([day_series], period, weeks_before)


def together(sites: Sequence[DaySeries], period: DayRange, before: Before) -> float | None:
    """Return the growth of sites over the days that are valid then and now at the same site, of the same channels.

    None where fewer than seven days of the period have such a pair at any site.
    """
    found = [pair for site in sites for pair in _pairs(site.counts(_FOREVER), period, before, [site.channels()])]
    return _growth(found, LEAST_DAYS)


def grown(
    counts: dict[date, float], period: DayRange, before: Before, channels: Sequence[Mapping[date, Channels]] = ()
) -> float | None:
    """Return the growth of the days of a period over their partners, as a fraction; None under seven pairs.

    A pair is of the same `channels`, of every place that the counts are of.
    """
    return _growth(_pairs(counts, period, before, channels), LEAST_DAYS)


def since_opening(day_series: DaySeries, period: DayRange) -> float | None:
    """Compare the last 52 weeks of a period with its first 52, day by day, a whole number of 52 weeks apart.

    The period begins when a link was opened; None under 104 weeks, and under 28 pairs.
    """
    opened = period.first
    recent = DayRange(period.last - _WEEKS + timedelta(days=1), period.last)
    if recent.first < opened + _WEEKS:
        return None
    channels = [day_series.channels()]
    found = _pairs(day_series.counts(period), recent, lambda day: opened + (day - opened) % _WEEKS, channels)
    return _growth(found, LEAST_PAIRS)


def _pairs(
    counts: Mapping[date, float], period: DayRange, before: Before, channels: Sequence[Mapping[date, Channels]]
) -> list[_Pair]:
    return [
        (day, counts[other], count)
        for day, count in counts.items()
        if day in period and (other := before(day)) is not None and other in counts and _same(channels, day, other)
    ]


def _growth(pairs: Sequence[_Pair], least: int) -> float | None:
    """Return by which fraction there is more now than then; None under so many days."""
    then, now = fsum(one for _, one, _ in pairs), fsum(other for _, _, other in pairs)
    return now / then - 1 if then and len({day for day, _, _ in pairs}) >= least else None


def _same(channels: Sequence[Mapping[date, Channels]], one: date, other: date) -> bool:
    return all(of[one] is not None and of[one] == of[other] for of in channels)


def a_year_before(day: date) -> date | None:
    """Return the same date of the year before; None for 29 February."""
    return None if (day.month, day.day) == _LEAP else day.replace(year=day.year - 1)


def weeks_before(day: date) -> date:
    """Return the day 52 weeks before, which is the same weekday."""
    return day - _WEEKS
