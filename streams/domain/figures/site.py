"""The figures of one mode at one site: average days, factors, use, totals and growth."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from streams.domain.figures.figure import (
    Coverage,
    Figure,
    SiteDay,
    between,
    compared,
    counts,
    covered,
    figure,
    judged,
)
from streams.domain.periods import Period, months, rolling_years, whole_year, year_to_date
from streams.domain.statistics import averages, growth, peaks, use
from streams.domain.usage import directionality

_WEEKS: Final = timedelta(weeks=52)
_BOTH: Final = 2


class Counted(NamedTuple):
    """One mode at one site: its days in order, the holidays, and what each direction counted."""

    days: Sequence[SiteDay]
    holidays: Collection[date]
    directions: Mapping[str, Mapping[date, float]]


class _Piece(NamedTuple):
    """The days of one period."""

    period: Period
    days: Sequence[SiteDay]
    coverage: Coverage


def site_figures(site: Counted, years: Iterable[int]) -> Iterator[Figure]:
    """Reckon every figure of some years; a period without any day has none."""
    for year in years:
        for period in _periods(site, year):
            days = between(site.days, period.first_day, period.last_day)
            if days:
                piece = _Piece(period, days, covered(days, period))
                for reckon in _OF[period.kind]:
                    yield from reckon(site, piece)


def periods_of_paths(year: int) -> Iterator[Period]:
    """Give the periods for which links, routes and connections have figures."""
    yield from months(year)
    yield whole_year(year)
    yield from rolling_years(year)


def _periods(site: Counted, year: int) -> Iterator[Period]:
    yield from periods_of_paths(year)
    counted_days = [day.day for day in between(site.days, date(year, 1, 1), date(year, 12, 31)) if day.valid]
    if counted_days:
        yield year_to_date(year, counted_days[-1])


def _average_days(site: Counted, piece: _Piece) -> Iterator[Figure]:
    known = counts(piece.days)
    yield figure("aadb", piece.period, averages.aadb(known), piece.coverage)
    yield figure("naive_aadb", piece.period, judged(averages.naive_aadb(known), piece.coverage), piece.coverage)
    yield from _use(site, piece)


def _use(site: Counted, piece: _Piece) -> Iterator[Figure]:
    weekend = use.wwi(counts(piece.days), site.holidays)
    rush = [use.RushDay(day.day, day.morning, day.midday, day.valid) for day in piece.days]
    morning = use.ami(rush, site.holidays)
    basis = {"use": use.use(weekend.value, morning.value)}
    for name, told in (("wwi", weekend), ("ami", morning)):
        yield figure(name, piece.period, told._replace(basis=told.basis | basis), piece.coverage)


def _weekdays(_site: Counted, piece: _Piece) -> Iterator[Figure]:
    for weekday, told in averages.weekday_index(counts(piece.days)).items():
        yield figure("weekday_index", piece.period, told, piece.coverage, part=weekday)


def _month(site: Counted, piece: _Piece) -> Iterator[Figure]:
    told = averages.madb(counts(piece.days))
    year = whole_year(piece.period.first_day.year)
    average = averages.aadb(counts(between(site.days, year.first_day, year.last_day)))
    yield figure("madb", piece.period, told, piece.coverage)
    yield figure("seasonal_factor", piece.period, averages.seasonal_factor(average, told), piece.coverage)


def _peak(_site: Counted, piece: _Piece) -> Iterator[Figure]:
    hours = (
        peaks.PeakHour(day.day, day.busiest, day.quarter)
        for day in piece.days
        if day.valid and day.busiest is not None and day.quarter is not None
    )
    yield figure("peak_hour_factor", piece.period, judged(peaks.of_busiest_hour(hours), piece.coverage), piece.coverage)


def _mean(_site: Counted, piece: _Piece) -> Iterator[Figure]:
    told = averages.mean_day(counts(piece.days), piece.coverage.expected)
    yield figure("mean_day", piece.period, told, piece.coverage)


def _total(_site: Counted, piece: _Piece) -> Iterator[Figure]:
    yield figure("total", piece.period, averages.total(counts(piece.days), piece.coverage.expected), piece.coverage)


def _growth(site: Counted, piece: _Piece) -> Iterator[Figure]:
    now, period = {"": counts(piece.days)}, piece.period
    a_year = between(site.days, _a_year_before(period.first_day), _a_year_before(period.last_day))
    weeks = between(site.days, period.first_day - _WEEKS, period.last_day - _WEEKS)
    for name, compare, then in (
        ("like_for_like", growth.like_for_like, a_year),
        ("same_weekday", growth.same_weekday, weeks),
    ):
        yield figure(name, period, compared(compare({"": counts(then)}, now)), piece.coverage)


def _directions(site: Counted, piece: _Piece) -> Iterator[Figure]:
    valid = {day.day for day in piece.days if day.valid}
    yield from direction_figures(site.directions, piece.period, valid, piece.coverage.expected)


def direction_figures(
    directions: Mapping[str, Mapping[date, float]], period: Period, valid: Collection[date], expected: int
) -> Iterator[Figure]:
    """Compare the two directions over the valid days on which both were counted; nothing where there are not two."""
    names = sorted(name for name, days in directions.items() if any(day in days for day in valid))
    if len(names) != _BOTH:
        return
    one, other = ({day: directions[name][day] for day in valid if day in directions[name]} for name in names)
    told = directionality(one, other)
    basis = {"days": told.basis["days"], "directions": {names[0]: told.basis["one"], names[1]: told.basis["other"]}}
    coverage = Coverage(told.basis["days"], expected)
    yield figure("directionality", period, judged(told._replace(basis=basis), coverage), coverage)


def _a_year_before(day: date) -> date:
    return growth.a_year_before(day) or date(day.year - 1, 2, 28)


_Reckon = Callable[[Counted, _Piece], Iterator[Figure]]
_OF: Final[Mapping[str, tuple[_Reckon, ...]]] = {
    "month": (_mean, _month, _peak, _growth, _directions),
    "year": (_mean, _average_days, _weekdays, _peak, _growth, _directions),
    "rolling_year": (_mean, _total, _average_days, _growth, _directions),
    "year_to_date": (_mean, _total, _growth),
}
"""Which figures a period has, by its kind."""

INDICATORS: Final = frozenset({
    "aadb", "naive_aadb", "madb", "seasonal_factor", "weekday_index", "peak_hour_factor", "wwi", "ami", "total",
    "mean_day", "like_for_like", "same_weekday", "directionality",
})  # fmt: skip
"""Everything that is reckoned here."""
