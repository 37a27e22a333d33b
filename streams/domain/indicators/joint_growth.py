"""Growth of all sites of an owner together, like for like."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from streams.domain.indicators.indicator_value import Coverage, IndicatorValue, indicator_value, require_days
from streams.domain.indicators.site import periods_of_paths
from streams.domain.periods import Period, year_to_date
from streams.domain.statistics.growth import Pair, growth

INDICATORS: Final = frozenset({"like_for_like", "same_weekday"})


class Pairs(NamedTuple):
    """The sums of all sites per day, then and now: by date a year before, and by weekday 52 weeks before."""

    by_date: Sequence[Pair]
    by_weekday: Sequence[Pair]


def joint_growth_indicators(pairs: Pairs, years: Iterable[int]) -> Iterator[IndicatorValue]:
    """Compare every period with the one before, over the sites and days valid in both."""
    for year in years:
        for period in _periods(pairs, year):
            for name, known in (("like_for_like", pairs.by_date), ("same_weekday", pairs.by_weekday)):
                statistic = growth([pair for pair in known if period.holds(pair.day)])
                if statistic.basis["days"]:
                    yield indicator_value(
                        name, period, require_days(statistic), Coverage(statistic.basis["days"], period.days)
                    )


def _periods(pairs: Pairs, year: int) -> Iterator[Period]:
    yield from periods_of_paths(year)
    days = [pair.day for known in pairs for pair in known if pair.day.year == year]
    if days:
        yield year_to_date(year, max(days))


def pairs_of(rows: Iterable[tuple[date, float, float, Sequence[str]]]) -> list[Pair]:
    """Convert stored days into pairs."""
    return [Pair(*row) for row in rows]
