"""The value of an indicator, a row of table `indicator_value` before it is written, and the days that it rests on."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final, NamedTuple

from schemas.reasons import Reason, reason
from streams.domain.coverage import enough, too_little
from streams.domain.periods import Period
from streams.domain.statistics.statistic import Channels, DayCount, Statistic

LEAST_DAYS: Final = 7
"""The least number of days that a growth must compare to be available."""


class IndicatorValue(NamedTuple):
    """One indicator over one period.

    `value` is None where it is withheld, and `withheld` is the reason. It rests on `valid` of `expected` local days
    (hours, for air), with details in `basis`; `part` distinguishes the members of one indicator.
    """

    indicator: str
    period: Period
    value: float | None
    withheld: Reason | None
    basis: Mapping[str, Any]
    low: float | None
    high: float | None
    valid: int
    expected: int
    part: int = 0


class SiteDay(NamedTuple):
    """One local day of one mode at one site.

    `total` adds up its paired intervals; it is `valid` where three quarters of them were paired and no entry of the
    calendar excludes the day. `morning` (07-09 h) and `midday` (11-13 h) are local; `busiest` is the busiest whole
    hour, `quarter` the busiest quarter in it. `channels` are those that were expected all day.
    """

    day: date
    total: float | None
    valid: bool
    morning: float | None = None
    midday: float | None = None
    busiest: float | None = None
    quarter: float | None = None
    channels: Channels = ()


class Coverage(NamedTuple):
    """Valid local days of the expected ones."""

    valid: int
    expected: int


def indicator_value(
    indicator: str, period: Period, statistic: Statistic, coverage: Coverage, part: int = 0
) -> IndicatorValue:
    """Make the value of a statistic over a period."""
    value, withheld, basis, low, high = statistic
    return IndicatorValue(indicator, period, value, withheld, basis, low, high, coverage.valid, coverage.expected, part)


def require_coverage(statistic: Statistic, coverage: Coverage) -> Statistic:
    """Withhold a statistic that rests on fewer than three quarters of the days."""
    if statistic.value is None or enough(*coverage):
        return statistic
    return statistic._replace(value=None, withheld=too_little(*coverage))


def require_days(statistic: Statistic) -> Statistic:
    """Withhold a growth over fewer than LEAST_DAYS days (our own rule)."""
    if statistic.value is None or statistic.basis["days"] >= LEAST_DAYS:
        return statistic
    return statistic._replace(value=None, withheld=reason("common_days_below", needed=LEAST_DAYS))


def between(days: Sequence[SiteDay], first: date, last: date) -> Sequence[SiteDay]:
    """Return the days from `first` to `last` of days in order."""
    key = attrgetter("day")
    return days[bisect_left(days, first, key=key) : bisect_right(days, last, key=key)]


def counts(days: Sequence[SiteDay]) -> list[DayCount]:
    """Return days as the statistics take them."""
    return [DayCount(day.day, day.total, day.valid, day.channels) for day in days]


def covered(days: Sequence[SiteDay], period: Period) -> Coverage:
    """Return the valid days of all days of a period, also of those before a counter was placed."""
    return Coverage(sum(day.valid for day in days), period.days)
