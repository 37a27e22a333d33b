"""The indicators that are estimates: a layer of their own, each with its method, version and error."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from streams.domain.indicators.indicator_value import (
    Coverage,
    IndicatorValue,
    SiteDay,
    between,
    counts,
    covered,
    indicator_value,
)
from streams.domain.periods import Period, whole_year
from streams.domain.statistics.averages import aadb
from streams.domain.statistics.expansion import expanded
from streams.domain.statistics.imputation import AROUND, total_with_estimates
from streams.domain.statistics.statistic import DayCount

NEIGHBOURS: Final = 8
"""The number of neighbours: the nearest sites that count the same mode."""
INDICATORS: Final = frozenset({"total_with_estimates", "expanded_aadb"})
_LEAST: Final = 7
_DAY: Final = timedelta(days=1)


def estimate_indicators(
    days: Sequence[SiteDay],
    neighbours: Mapping[str, Sequence[SiteDay]],
    year: int,
    holidays: Collection[date] = frozenset(),
) -> Iterator[IndicatorValue]:
    """Compute the total of a year with estimates and its average day by expansion, where days of it are not valid.

    `days` begin four weeks before the year: its first days are estimated by these, too.
    """
    period = whole_year(year)
    own = between(days, period.first_day, period.last_day)
    coverage = covered(own, period)
    if not own or coverage.valid >= coverage.expected:
        return
    around = {name: counts(between(known, period.first_day, period.last_day)) for name, known in neighbours.items()}
    before = counts(between(days, period.first_day - AROUND, period.first_day - _DAY))
    statistic = total_with_estimates(counts(own), around, _days(period), before=before, holidays=holidays)
    yield indicator_value("total_with_estimates", period, statistic, coverage)
    yield from _expanded(own, period, coverage, around)


def _expanded(
    own: Sequence[SiteDay], period: Period, coverage: Coverage, around: Mapping[str, list[DayCount]]
) -> Iterator[IndicatorValue]:
    known = counts(own)
    if coverage.valid >= _LEAST and aadb(known).value is None:
        yield indicator_value("expanded_aadb", period, expanded(known, around), coverage)


def _days(period: Period) -> list[date]:
    return [period.first_day + timedelta(days=number) for number in range(period.days)]
