"""Years beside each other, month by month: the mean day of each month that was measured well enough."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from opendata import number_format
from opendata.pages.charts import Point
from opendata.pages.explorer import drawings
from opendata.pages.explorer.compared import counting
from opendata.pages.explorer.drawings import LegendEntry
from opendata.pages.explorer.periods import DaysRead
from opendata.pages.explorer.view_request import (
    CellText,
    ExplorerFact,
    ExplorerResult,
    SaidValue,
    ViewRequest,
    shared_notes,
)
from opendata.read.day_pairs import ENOUGH
from opendata.read.day_sums import DaySum, added
from opendata.read.explored import ExploredDay

_YEARS: Final = 5
_MONTHS: Final = range(1, 13)


async def of(request: ViewRequest) -> ExplorerResult:
    """Show the last five years, whatever the period."""
    first, last = range_of(request)
    days = await request.days(first, last)
    years = sorted({day.day.year for day in days if day.value is not None}, reverse=True)
    months = {
        (year, month): [day for day in days if (day.day.year, day.day.month) == (year, month)]
        for year in years
        for month in _MONTHS
    }
    said = dict(zip(months, await _values(request, list(months.values())), strict=True))
    points = {year: [_point(request, year, month, months, said) for month in _MONTHS] for year in years}
    language = request.language
    names = [language.numbers.short_month_name(date(2024, month, 1)) for month in _MONTHS]
    scale = request.scale(point for some in points.values() for point in some)
    ticks = [name if index % 2 == 0 else "" for index, name in enumerate(names)]
    lines = [(f"year{index}", points[year]) for index, year in enumerate(years)]
    together = [
        Point(names[index], None, "; ".join(f"{year} {points[year][index].reported}" for year in years))
        for index in range(12)
    ]
    begun = min((day.day for day in days if day.value is not None), default=first)
    return ExplorerResult(
        title=language("page.explorer.years", what=request.what),
        unit=request.unit,
        period=request.named(max(first, begun), last),
        first=max(first, begun),
        last=last,
        facts=await _facts(request, days, years),
        chart=drawings.month_lines(lines, scale, ticks, together) if years else None,
        legend=[LegendEntry(f"year{index}", str(year), stroke=True) for index, year in enumerate(years)],
        heads=[language("page.explorer_head.month"), *map(str, years)],
        rows=[_row(request, month, names[month - 1], years, said) for month in _MONTHS] if years else (),
        notes=[language("page.explorer.years_are"), *shared_notes(request, days)],
    )


def range_of(request: ViewRequest) -> DaysRead:
    """Give which days are read: five years, this one until yesterday."""
    last = request.progress.moment.yesterday
    return DaysRead(date(last.year - _YEARS + 1, 1, 1), last)


async def _values(request: ViewRequest, months: Sequence[Sequence[ExploredDay]]) -> list[SaidValue]:
    """Give the mean day of each month, over the days that count; none where fewer than three quarters of them do."""
    counts = counting(request)
    sums = [added(day for day in some if counts(day)) for some in months]
    found = await request.means(sums)
    due = [sum(1 for day in some if day.expected) for some in months]
    return [
        said if total.days and total.days >= ENOUGH * number else SaidValue(None)
        for said, total, number in zip(found, sums, due, strict=True)
    ]


def _point(
    request: ViewRequest,
    year: int,
    month: int,
    months: dict[tuple[int, int], list[ExploredDay]],
    said: dict[tuple[int, int], SaidValue],
) -> Point:
    counts, days, value = counting(request), months[year, month], said[year, month].value
    counted = request.language.counted("page.explorer_days", sum(map(counts, days)), of=len(days))
    if value is None:
        return Point(str(year), None, f"{number_format.ABSENT} ({counted})" if days else number_format.ABSENT)
    return Point(str(year), value, f"{request.amount(value)} ({counted})")


def _row(
    request: ViewRequest, month: int, name: str, years: Sequence[int], said: dict[tuple[int, int], SaidValue]
) -> list[CellText]:
    return [CellText(name, month), *(request.cell(said[year, month].value) for year in years)]


async def _facts(request: ViewRequest, days: Sequence[ExploredDay], years: Sequence[int]) -> list[ExplorerFact]:
    counts = counting(request)
    by_year = [[day for day in days if day.day.year == year] for year in years]
    sums: list[DaySum] = [added(day for day in some if counts(day)) for some in by_year]
    return [
        ExplorerFact(
            str(year),
            request.amount(said.value),
            request.language.counted("page.explorer_days", total.days, of=len(some)),
        )
        for year, some, total, said in zip(years, by_year, sums, await request.means(sums), strict=True)
    ]
