"""The indicators of one mode at one site: average days, factors, use, totals and growth."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from streams.domain.indicators.indicator_value import (
    Coverage,
    IndicatorValue,
    SiteDay,
    between,
    counts,
    covered,
    indicator_value,
    require_coverage,
    require_days,
)
from streams.domain.periods import Period, months, rolling_years, whole_year, year_to_date
from streams.domain.statistics import averages, growth, peaks, use
from streams.domain.usage import directionality

_WEEKS: Final = timedelta(weeks=52)
_BOTH: Final = 2


class CountedMode(NamedTuple):
    """One mode at one site: its days in order, the holidays, and the counts of each direction."""

    days: Sequence[SiteDay]
    holidays: Collection[date]
    directions: Mapping[str, Mapping[date, float]]


class _PeriodDays(NamedTuple):
    """The days of one period."""

    period: Period
    days: Sequence[SiteDay]
    coverage: Coverage


def site_indicators(site: CountedMode, years: Iterable[int]) -> Iterator[IndicatorValue]:
    """Compute every indicator of some years; a period without any day has none."""
    for year in years:
        for period in _periods(site, year):
            days = between(site.days, period.first_day, period.last_day)
            if days:
                piece = _PeriodDays(period, days, covered(days, period))
                for compute in _OF[period.kind]:
                    yield from compute(site, piece)


def periods_of_paths(year: int) -> Iterator[Period]:
    """Return the periods for which links, routes and connections have indicators."""
    yield from months(year)
    yield whole_year(year)
    yield from rolling_years(year)


def _periods(site: CountedMode, year: int) -> Iterator[Period]:
    yield from periods_of_paths(year)
    counted_days = [day.day for day in between(site.days, date(year, 1, 1), date(year, 12, 31)) if day.valid]
    if counted_days:
        yield year_to_date(year, counted_days[-1])


def _average_days(site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    known = counts(piece.days)
    yield indicator_value("aadb", piece.period, averages.aadb(known), piece.coverage)
    yield indicator_value(
        "naive_aadb", piece.period, require_coverage(averages.naive_aadb(known), piece.coverage), piece.coverage
    )
    yield from _use(site, piece)


def _use(site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    weekend = use.wwi(counts(piece.days), site.holidays)
    rush = [use.RushDay(day.day, day.morning, day.midday, day.valid) for day in piece.days]
    morning = use.ami(rush, site.holidays)
    basis = {"use": use.use(weekend.value, morning.value)}
    for name, statistic in (("wwi", weekend), ("ami", morning)):
        yield indicator_value(name, piece.period, statistic._replace(basis=statistic.basis | basis), piece.coverage)


def _weekdays(_site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    for weekday, statistic in averages.weekday_index(counts(piece.days)).items():
        yield indicator_value("weekday_index", piece.period, statistic, piece.coverage, part=weekday)


def _month(site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    statistic = averages.madb(counts(piece.days))
    year = whole_year(piece.period.first_day.year)
    average = averages.aadb(counts(between(site.days, year.first_day, year.last_day)))
    yield indicator_value("madb", piece.period, statistic, piece.coverage)
    yield indicator_value("seasonal_factor", piece.period, averages.seasonal_factor(average, statistic), piece.coverage)


def _peak(_site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    hours = (
        peaks.PeakHour(day.day, day.busiest, day.quarter)
        for day in piece.days
        if day.valid and day.busiest is not None and day.quarter is not None
    )
    yield indicator_value(
        "peak_hour_factor", piece.period, require_coverage(peaks.of_busiest_hour(hours), piece.coverage), piece.coverage
    )


def _mean(_site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    statistic = averages.mean_day(counts(piece.days), piece.coverage.expected)
    yield indicator_value("mean_day", piece.period, statistic, piece.coverage)


def _total(_site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    yield indicator_value(
        "total", piece.period, averages.total(counts(piece.days), piece.coverage.expected), piece.coverage
    )


def _growth(site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    now, period = {"": counts(piece.days)}, piece.period
    a_year = between(site.days, _a_year_before(period.first_day), _a_year_before(period.last_day))
    weeks = between(site.days, period.first_day - _WEEKS, period.last_day - _WEEKS)
    for name, compare, then in (
        ("like_for_like", growth.like_for_like, a_year),
        ("same_weekday", growth.same_weekday, weeks),
    ):
        yield indicator_value(name, period, require_days(compare({"": counts(then)}, now)), piece.coverage)


def _directions(site: CountedMode, piece: _PeriodDays) -> Iterator[IndicatorValue]:
    valid = {day.day for day in piece.days if day.valid}
    yield from direction_indicators(site.directions, piece.period, valid, piece.coverage.expected)


def direction_indicators(
    directions: Mapping[str, Mapping[date, float]], period: Period, valid: Collection[date], expected: int
) -> Iterator[IndicatorValue]:
    """Compare the two directions over the valid days on which both were counted; nothing where there are not two."""
    names = sorted(name for name, days in directions.items() if any(day in days for day in valid))
    if len(names) != _BOTH:
        return
    one, other = ({day: directions[name][day] for day in valid if day in directions[name]} for name in names)
    statistic = directionality(one, other)
    basis = {
        "days": statistic.basis["days"],
        "directions": {names[0]: statistic.basis["one"], names[1]: statistic.basis["other"]},
    }
    coverage = Coverage(statistic.basis["days"], expected)
    yield indicator_value(
        "directionality", period, require_coverage(statistic._replace(basis=basis), coverage), coverage
    )


def _a_year_before(day: date) -> date:
    return growth.a_year_before(day) or date(day.year - 1, 2, 28)


_Computation = Callable[[CountedMode, _PeriodDays], Iterator[IndicatorValue]]
_OF: Final[Mapping[str, tuple[_Computation, ...]]] = {
    "month": (_mean, _month, _peak, _growth, _directions),
    "year": (_mean, _average_days, _weekdays, _peak, _growth, _directions),
    "rolling_year": (_mean, _total, _average_days, _growth, _directions),
    "year_to_date": (_mean, _total, _growth),
}
"""The functions that compute the indicators of a period, by its kind."""

INDICATORS: Final = frozenset({
    "aadb", "naive_aadb", "madb", "seasonal_factor", "weekday_index", "peak_hour_factor", "wwi", "ami", "total",
    "mean_day", "like_for_like", "same_weekday", "directionality",
})  # fmt: skip
"""Everything that is computed here."""
