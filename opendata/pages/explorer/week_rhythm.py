"""The rhythm of the week: a mean for each hour of each weekday, as a map of colours and as a table."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from opendata import number_format
from opendata.pages.charts import Point
from opendata.pages.explorer import drawings
from opendata.pages.explorer.drawings import HEAT, LegendEntry
from opendata.pages.explorer.view_request import CellText, ExplorerFact, ExplorerResult, ViewRequest, shared_notes
from opendata.read import explored
from opendata.read.explored import ShareSum, WeekHour

_MONDAY: Final = date(2024, 1, 1)
_MARKED: Final = (0, 6, 12, 18)


async def of(request: ViewRequest) -> ExplorerResult:
    """Show what is usual at each hour of the week in a period."""
    language, days = request.language, await request.chosen_days()
    chosen = sorted({day.day for day in days if day.expected})
    found = await request.series.week(request.context.store, chosen) if chosen else []
    values = await _values(request, found)
    known = [value for value in values.values() if value is not None]
    bottom, top = min([0.0, *known]), max(known, default=0.0)
    by_hour = {(one.weekday, one.hour): one for one in found}
    weekdays = [language.numbers.short_weekday(_MONDAY + timedelta(days=row)) for row in range(7)]
    cells = [
        (
            row,
            hour,
            level_of(values.get((row + 1, hour)), bottom, top),
            _point(request, f"{weekdays[row]} {_clock(hour)}", by_hour.get((row + 1, hour)), values),
        )
        for row in range(7)
        for hour in range(24)
    ]
    return ExplorerResult(
        title=language("page.explorer.week", what=request.what),
        unit=request.unit,
        period=request.named_period,
        first=request.period.first,
        last=request.period.last,
        facts=_facts(request, found, values),
        chart=drawings.heat_map(cells, weekdays, {hour: f"{hour}" for hour in _MARKED}) if found else None,
        legend=_legend(request, bottom, top),
        heads=[language("page.head.hour"), *weekdays],
        rows=[_row(request, hour, values) for hour in range(24)] if found else (),
        notes=[language("page.explorer.week_is"), *_coverage(request, found), *shared_notes(request, days)],
    )


async def _values(request: ViewRequest, found: Sequence[WeekHour]) -> dict[tuple[int, int], float | None]:
    """Give the mean of each hour; of a share that of all its passages, where there are any."""
    if request.subject.fold != "share":
        return {
            (one.weekday, one.hour): one.value / one.valid if one.value is not None and one.valid else None
            for one in found
        }
    sums = [ShareSum(one.value or 0, one.base or 0, one.valid, one.valid) for one in found]
    shares = await explored.shares(request.context.store, request.subject.owner, sums)
    return {(one.weekday, one.hour): said.share for one, said in zip(found, shares, strict=True)}


def level_of(value: float | None, bottom: float, top: float) -> int | None:
    """Give the class of a colour, from the bottom of the scale to its top."""
    if value is None:
        return None
    return min(HEAT - 1, int(HEAT * (value - bottom) / (top - bottom))) if top > bottom else 0


def _point(
    request: ViewRequest, label: str, one: WeekHour | None, values: Mapping[tuple[int, int], float | None]
) -> Point:
    value = values.get((one.weekday, one.hour)) if one else None
    if one is None or value is None:
        return Point(label, None, request.language("page.no_measurement"))
    counted = request.language.counted("page.explorer_hours", one.valid, of=one.expected)
    return Point(label, value, f"{_number(request, value)} {request.said_unit}, {counted}")


def _number(request: ViewRequest, value: float | None) -> str:
    if request.subject.fold == "sum" and value is not None:
        return request.language.numbers.decimal(value, 0 if value >= 10 or not value else 1)  # noqa: PLR2004 - two figures
    return request.number(value)


def _clock(hour: int) -> str:
    return f"{hour}:00\u2013{hour + 1}:00"


def _row(request: ViewRequest, hour: int, values: Mapping[tuple[int, int], float | None]) -> list[CellText]:
    found = [values.get((weekday, hour)) for weekday in range(1, 8)]
    return [
        CellText(_clock(hour), hour),
        *(CellText(_number(request, one), request.raw(one)) for one in found),
    ]


def _facts(
    request: ViewRequest, found: Sequence[WeekHour], values: Mapping[tuple[int, int], float | None]
) -> list[ExplorerFact]:
    known = [(value, one) for one in found if (value := values.get((one.weekday, one.hour))) is not None]
    if not known:
        return []
    value, busiest = max(known, key=lambda one: one[0])
    language = request.language
    weekday = language.numbers.weekday(_MONDAY + timedelta(days=busiest.weekday - 1))
    counted = language.counted("page.explorer_hours", busiest.valid, of=busiest.expected)
    how = f"{weekday} {_clock(busiest.hour)}, {counted}"
    label = "page.explorer.highest_hour" if request.subject.fold != "sum" else "page.explorer.usual_peak"
    return [ExplorerFact(language(label), f"{_number(request, value)} {request.said_unit}", how)]


def _legend(request: ViewRequest, bottom: float, top: float) -> list[LegendEntry]:
    entries = []
    for level in range(HEAT):
        low, high = (bottom + (top - bottom) * step / HEAT for step in (level, level + 1))
        words = request.language("page.range", low=_number(request, low), high=_number(request, high))
        entries.append(LegendEntry(f"heat{level}", words))
    return [*entries, LegendEntry("gap", request.language("page.no_measurement"))]


def _coverage(request: ViewRequest, found: Sequence[WeekHour]) -> list[str]:
    valid, expected = sum(one.valid for one in found), sum(one.expected for one in found)
    if not expected:
        return []
    covered = request.language.numbers.coverage(valid / expected) if found else number_format.ABSENT
    return [request.language("page.explorer.week_coverage", coverage=covered)]
