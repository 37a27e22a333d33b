"""Average days of a year and of a month (AASHTO), and how months and weekdays depart from them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from statistics import fmean

from verify.figures.book import Book, Period

WEEKDAYS = range(1, 8)
_CELLS = 84


def aadb(book: Book, period: Period) -> float | None:
    """Average the weekdays, each over the months in which it is averaged itself; all 84 cells need a valid day."""
    cells = _cells(book.counts(period))
    return fmean(_weekday(cells, weekday) for weekday in WEEKDAYS) if len(cells) == _CELLS else None


def naive_aadb(book: Book, period: Period) -> float | None:
    """Average the valid days as they come, where they are three quarters of the expected ones."""
    return mean(book.counts(period)) if enough(book, period) else None


def mean(counts: Mapping[date, float]) -> float | None:
    """Average some days."""
    return fmean(counts.values()) if counts else None


def madb(book: Book, period: Period) -> float | None:
    """Average the seven weekdays, each over its valid days."""
    cells = _cells(book.counts(period))
    return fmean(cells.values()) if len(cells) == len(WEEKDAYS) else None


def seasonal_factor(book: Book, period: Period) -> float | None:
    """Divide the average day of the year by that of the month."""
    year = Period(date(period.first.year, 1, 1), date(period.first.year, 12, 31))
    average, month = aadb(book, year), madb(book, period)
    return average / month if average is not None and month else None


def weekday_index(book: Book, period: Period, weekday: int) -> float | None:
    """Divide the average of one weekday by the average day."""
    average = aadb(book, period)
    return _weekday(_cells(book.counts(period)), weekday) / average if average else None


def total(book: Book, period: Period) -> float | None:
    """Add up the valid days, where they are three quarters of the expected ones."""
    return sum(book.counts(period).values()) if enough(book, period) else None


def enough(book: Book, period: Period) -> bool:
    """Tell whether three quarters of all days of the period are valid."""
    expected = period.within(period)
    return expected > 0 and len(book.counts(period)) * 4 >= expected * 3


def _cells(counts: Mapping[date, float]) -> dict[tuple[int, int], float]:
    cells: dict[tuple[int, int], list[float]] = defaultdict(list)
    for day, count in counts.items():
        cells[day.month, day.isoweekday()].append(count)
    return {cell: fmean(inside) for cell, inside in cells.items()}


def _weekday(cells: Mapping[tuple[int, int], float], wanted: int) -> float:
    return fmean(mean for (_, weekday), mean in cells.items() if weekday == wanted)
