"""Average days of a year and of a month in passages per day, and the factors of months and weekdays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import fsum
from statistics import fmean
from typing import Final, TypeAlias

from schemas.reasons import reason
from streams.domain.coverage import enough, too_little
from streams.domain.statistics.statistic import NO_DAY, DayCount, Statistic, available, divided, valid_totals, withheld

WEEKDAYS: Final = range(1, 8)
"""ISO weekdays, Monday is 1."""
MONTHS: Final = range(1, 13)

Cells: TypeAlias = Mapping[tuple[int, int], float]


def aadb(days: Iterable[DayCount], months: Sequence[int] = MONTHS) -> Statistic:
    """Average the year without the bias of gaps: annual average daily bicycles of AASHTO.

    `1/7 Σ_weekday [ 1/12 Σ_month (mean of the valid days in that cell) ]` (FHWA Traffic Monitoring Guide 2022, app. L).
    Each of the 84 cells needs one valid day; else it is withheld and `basis.empty_cells` lists [month, ISO weekday].
    The days are those of one year, or of twelve months that follow each other.
    """
    valid = valid_totals(days)
    cells = _cells(valid)
    empty = [[month, weekday] for month in months for weekday in WEEKDAYS if (month, weekday) not in cells]
    if empty:
        why = reason("cells_empty", empty=len(empty), cells=len(months) * len(WEEKDAYS))
        return withheld(why, days=len(valid), empty_cells=empty)
    return available(fmean(_of_months(cells, weekday, months) for weekday in WEEKDAYS), days=len(valid))


def naive_aadb(days: Iterable[DayCount]) -> Statistic:
    """Return the plain mean of the valid days; biased where gaps are seasonal, so only shown beside `aadb`."""
    valid = valid_totals(days)
    return available(fmean(valid.values()), days=len(valid)) if valid else withheld(NO_DAY, days=0)


def madb(days: Iterable[DayCount]) -> Statistic:
    """Average one month: the mean per weekday, then the mean of the seven (domain handbook, section 4)."""
    valid = valid_totals(days)
    groups = _grouped(valid)
    empty = [weekday for weekday in WEEKDAYS if weekday not in groups]
    if empty:
        return withheld(reason("weekdays_empty", empty=len(empty)), days=len(valid), empty_weekdays=empty)
    return available(fmean(fmean(groups[weekday]) for weekday in WEEKDAYS), days=len(valid))


def seasonal_factor(year: Statistic, month: Statistic) -> Statistic:
    """Return the factor from the average day of a month to that of the year: `AADB / MADB`, no unit (section 4)."""
    return divided(year, month, aadb=year.value, madb=month.value)


def weekday_index(days: Iterable[DayCount], months: Sequence[int] = MONTHS) -> dict[int, Statistic]:
    """Return the index of each ISO weekday: its mean over the months, divided by `AADB`; no unit."""
    known = list(days)
    year = aadb(known, months)
    if year.value is None:
        return dict.fromkeys(WEEKDAYS, year)
    cells = _cells(valid_totals(known))
    means = {weekday: available(_of_months(cells, weekday, months)) for weekday in WEEKDAYS}
    return {weekday: divided(mean, year, aadb=year.value, mean=mean.value) for weekday, mean in means.items()}


def mean_day(days: Iterable[DayCount], expected: int) -> Statistic:
    """Average the valid days of a period, withheld where they are under three quarters of the expected ones."""
    valid = valid_totals(days)
    if not enough(len(valid), expected):
        return withheld(too_little(len(valid), expected), days=len(valid), expected=expected)
    return available(fmean(valid.values()), days=len(valid), expected=expected)


def total(days: Iterable[DayCount], expected: int) -> Statistic:
    """Add up the valid days of a period, in passages; what was not counted is not in it: read it with its coverage."""
    valid = valid_totals(days)
    basis = {"days": len(valid), "expected": expected}
    if not enough(len(valid), expected):
        return withheld(too_little(len(valid), expected), **basis)
    return available(fsum(valid.values()), **basis)


def _cells(valid: Mapping[date, float]) -> Cells:
    cells: dict[tuple[int, int], list[float]] = defaultdict(list)
    for day, count in valid.items():
        cells[day.month, day.isoweekday()].append(count)
    return {cell: fmean(counts) for cell, counts in cells.items()}


def _grouped(valid: Mapping[date, float]) -> Mapping[int, list[float]]:
    groups: dict[int, list[float]] = defaultdict(list)
    for day, count in valid.items():
        groups[day.isoweekday()].append(count)
    return groups


def _of_months(cells: Cells, weekday: int, months: Sequence[int]) -> float:
    return fmean(cells[month, weekday] for month in months)
