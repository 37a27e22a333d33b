"""Average days of a year and of a month (AASHTO), and the factors of months and weekdays."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from statistics import fmean

from verify.indicators.day_series import DayRange, DaySeries

WEEKDAYS = range(1, 8)
_CELLS = 84


def aadb(day_series: DaySeries, period: DayRange) -> float | None:
    """Average the weekdays, each over the months in which it is averaged itself; all 84 cells need a valid day."""
    cells = _cells(day_series.counts(period))
    return fmean(_weekday(cells, weekday) for weekday in WEEKDAYS) if len(cells) == _CELLS else None


def naive_aadb(day_series: DaySeries, period: DayRange) -> float | None:
    """Average the valid days; None under three quarters of the expected ones."""
    return mean(day_series.counts(period)) if enough(day_series, period) else None


def mean(counts: Mapping[date, float]) -> float | None:
    """Return the mean of some days; None where there are none."""
    return fmean(counts.values()) if counts else None


def madb(day_series: DaySeries, period: DayRange) -> float | None:
    """Average the seven weekdays, each over its valid days."""
    cells = _cells(day_series.counts(period))
    return fmean(cells.values()) if len(cells) == len(WEEKDAYS) else None


def seasonal_factor(day_series: DaySeries, period: DayRange) -> float | None:
    """Divide the average day of the year by that of the month."""
    year = DayRange(date(period.first.year, 1, 1), date(period.first.year, 12, 31))
    average, month = aadb(day_series, year), madb(day_series, period)
    return average / month if average is not None and month else None


def weekday_index(day_series: DaySeries, period: DayRange, weekday: int) -> float | None:
    """Divide the average of one weekday by the average day."""
    average = aadb(day_series, period)
    return _weekday(_cells(day_series.counts(period)), weekday) / average if average else None


def total(day_series: DaySeries, period: DayRange) -> float | None:
    """Add up the valid days; None under three quarters of the expected ones."""
    return sum(day_series.counts(period).values()) if enough(day_series, period) else None


def enough(day_series: DaySeries, period: DayRange) -> bool:
    """Return whether three quarters of all days of the period are valid."""
    expected = period.within(period)
    return expected > 0 and len(day_series.counts(period)) * 4 >= expected * 3


def _cells(counts: Mapping[date, float]) -> dict[tuple[int, int], float]:
    cells: dict[tuple[int, int], list[float]] = defaultdict(list)
    for day, count in counts.items():
        cells[day.month, day.isoweekday()].append(count)
    return {cell: fmean(inside) for cell, inside in cells.items()}


def _weekday(cells: Mapping[tuple[int, int], float], wanted: int) -> float:
    return fmean(mean for (_, weekday), mean in cells.items() if weekday == wanted)
