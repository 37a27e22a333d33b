"""The records of a period: its busiest days, its busiest hour and quarter, and its quietest whole day."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

from opendata.pages.charts import Point
from opendata.pages.explorer import drawings
from opendata.pages.explorer.compared import counting
from opendata.pages.explorer.drawings import LegendEntry
from opendata.pages.explorer.view_request import (
    CellText,
    ExplorerFact,
    ExplorerResult,
    SaidValue,
    ViewRequest,
    shared_notes,
)
from opendata.read.day_sums import DaySum, added
from opendata.read.explored import BusyBucket, ExploredDay

_MOST: Final = 10


async def of(request: ViewRequest) -> ExplorerResult:
    """Show the records of a period."""
    language, days = request.language, await request.chosen_days()
    together = [(day, list(some)) for day, some in groupby(days, key=lambda one: one.day)]
    known = [(day, added(some), all(map(counting(request), some))) for day, some in together]
    known = [one for one in known if one[1].value is not None and (one[2] or request.subject.fold == "sum")]
    said = await request.values([total for _, total, _ in known])
    ranked = sorted(zip(known, said, strict=True), key=lambda one: (-(one[1].value or 0), one[0][0]))
    ranked = [one for one in ranked if one[1].value is not None]
    whole = [one for one in ranked if one[0][2]]
    best = ranked[:_MOST]
    points = [_point(request, rank, day, total, number) for rank, ((day, total, _), number) in enumerate(best, 1)]
    facts = [_fact(request, "page.explorer.busiest_day", best[0][0], best[0][1])] if best else []
    facts += await _of_site(request, days)
    facts += [_fact(request, "page.explorer.quietest_day", whole[-1][0], whole[-1][1])] if whole else []
    return ExplorerResult(
        title=language("page.explorer.records", what=request.what),
        unit=request.unit,
        period=request.named_period,
        first=request.period.first,
        last=request.period.last,
        facts=facts,
        chart=drawings.ranked_columns(points, request.scale(points)) if points else None,
        legend=_legend(request, points),
        heads=[
            language("page.explorer.rank"),
            language("page.head.day"),
            request.unit.capitalize(),
            language("page.head.measurement"),
        ],
        rows=[
            [CellText(str(rank), rank), request.day_cell(day), request.cell(number.value), _measured(request, total)]
            for rank, ((day, total, _), number) in enumerate(best, 1)
        ],
        notes=[language("page.explorer.records_are"), *shared_notes(request, days)],
    )


def _fact(request: ViewRequest, key: str, known: tuple[date, DaySum, bool], said: SaidValue) -> ExplorerFact:
    day, total, _ = known
    how = f"{request.language.numbers.whole_day(day)}, {request.measured(total)}"
    return ExplorerFact(request.language(key), request.amount(said.value), how)


def _point(request: ViewRequest, rank: int, day: date, total: DaySum, said: SaidValue) -> Point:
    label = f"{rank}. {request.language.numbers.whole_day(day)}"
    reported = f"{request.amount(said.value)}, {request.measured(total)}"
    return Point(label, said.value, reported, whole=total.valid >= total.expected, low=said.low, high=said.high)


def _legend(request: ViewRequest, points: Sequence[Point]) -> list[LegendEntry]:
    partly = any(not point.whole for point in points)
    return [LegendEntry("partial", request.language("page.explorer.partly"))] if partly else []


def _measured(request: ViewRequest, total: DaySum) -> CellText:
    words = request.measured(total)
    return CellText(words, words)


async def _of_site(request: ViewRequest, days: Sequence[ExploredDay]) -> list[ExplorerFact]:
    """Say the busiest hour and quarter of a site, both directions together: other places have none stored."""
    chosen = sorted({day.day for day in days if day.value is not None})
    if request.subject.kind != "site" or request.question.direction or not chosen:
        return []
    store, language = request.context.store, request.language
    hours = await request.series.busiest_hours(store, chosen, 1)
    quarter = await request.series.busiest_quarter(store, chosen)
    facts = [_busy(request, language("page.explorer.busiest_hour"), one) for one in hours]
    if quarter is not None:
        minutes = (quarter.ended_at - quarter.started_at).seconds // 60
        facts.append(_busy(request, language("page.explorer.busiest_quarter", minutes=minutes), quarter))
    return facts


def _busy(request: ViewRequest, label: str, found: BusyBucket) -> ExplorerFact:
    zone, numbers = request.progress.moment.zone, request.language.numbers
    start, end = found.started_at.astimezone(zone), found.ended_at.astimezone(zone)
    total = DaySum(found.value, None, found.valid, found.expected, 1, 1)
    how = f"{numbers.whole_day(start.date())} {start:%H:%M}\u2013{end:%H:%M}, {request.measured(total)}"
    return ExplorerFact(label, request.amount(found.value), how)
