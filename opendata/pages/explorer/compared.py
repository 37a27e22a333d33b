"""A period beside another one, or beside another place: only the same days count, and it says which do not and why."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from opendata.pages.charts import Point
from opendata.pages.explorer import drawings
from opendata.pages.explorer.drawings import LegendEntry, SvgChart
from opendata.pages.explorer.periods import DaysRead, usual_interval
from opendata.pages.explorer.view_request import (
    CellText,
    ExplorerFact,
    ExplorerResult,
    SaidValue,
    ViewRequest,
    shared_notes,
)
from opendata.read.day_pairs import WEEK, DayPair, Enough, PairedDays, enough, pair, shifted, year_before
from opendata.read.day_sums import DayInterval, added, begin, is_whole
from opendata.read.explored import ExploredDay

_WITHOUT_TRUE_ZERO: Final = frozenset({"temperature"})
"""Quantities of which a percentage says nothing: their zero is only a mark."""


class _Comparison(NamedTuple):
    """What is compared with: the day that each day meets, the range of these, the place, and how it is called."""

    partner: Callable[[date], date]
    first: date
    last: date
    place: str | None
    words: str


class ComparedSums(NamedTuple):
    """The numbers of both sides, over the days that count."""

    now: SaidValue
    before: SaidValue


def counting(request: ViewRequest) -> Enough:
    """Give which days count: of shares those that are covered well enough, of means all, of counts whole ones."""
    by_fold: dict[str, Enough] = {"share": enough, "mean": lambda day: day.value is not None}
    return by_fold.get(request.subject.fold, is_whole)


async def of(request: ViewRequest, places: dict[str, str]) -> ExplorerResult:
    """Show a period beside what it is compared with."""
    other = _other(request, places)
    days = await request.chosen_days()
    series = request.series_of(other.place) if other.place else request.series
    before = await series.days(request.context.store, other.first, other.last)
    paired = pair(
        days,
        before,
        other.partner,
        counts=counting(request),
        waits=request.day_waits,
        excluded=request.excluded,
        same_place=other.place is None,
    )
    language = request.language
    sums = await compared(request, paired)
    names = (request.subject.title if other.place else request.named_period, other.words)
    return ExplorerResult(
        title=language("page.explorer.compared", what=request.what),
        unit=request.unit,
        period=language("page.explorer.beside", now=names[0], before=names[1])
        if other.place is None
        else language("page.explorer.beside_place", now=names[0], before=names[1], period=request.named_period),
        first=request.period.first,
        last=request.period.last,
        facts=facts(request, paired, sums, names),
        chart=await _chart(request, paired.pairs),
        legend=[LegendEntry("before", names[1]), LegendEntry("now", names[0])],
        heads=heads(request),
        rows=rows(request, days, before, paired),
        notes=[*left_out(request, paired), *shared_notes(request, [*paired.now, *paired.before])],
    )


def ranges(request: ViewRequest, places: dict[str, str]) -> list[DaysRead]:
    """Give which days are read: those of the period, and those of what it is compared with."""
    other = _other(request, places)
    return [request.period.range, DaysRead(other.first, other.last)]


def _other(request: ViewRequest, places: dict[str, str]) -> _Comparison:
    period, question = request.period, request.question
    if question.against == "place" and question.against_place in places:
        name = question.against_place
        return _Comparison(_same, period.first, period.last, name, places[name])
    first, yesterday = year_before(period.first), request.progress.moment.yesterday
    if question.against == "previous":
        first = period.first - timedelta(weeks=-(-period.range.length // WEEK))
    if question.against == "own" and question.against_first is not None:
        first = period.first - shifted(period.first, question.against_first)
        if first > yesterday:  # the nearest week has not begun
            first -= timedelta(weeks=1)
    back = period.first - first
    last = min(period.last - back, yesterday)
    return _Comparison(lambda day: day - back, first, last, None, request.named(first, last))


def _same(day: date) -> date:
    return day


async def compared(request: ViewRequest, paired: PairedDays) -> ComparedSums:
    """Give the numbers of both sides: the mean day, or the share of all."""
    now, before = await request.means([added(paired.now), added(paired.before)])
    return ComparedSums(now, before)


def facts(
    request: ViewRequest,
    paired: PairedDays,
    sums: ComparedSums,
    names: tuple[str, str],
    labels: tuple[str, str] = ("page.explorer.now", "page.explorer.before"),
) -> list[ExplorerFact]:
    """Say both numbers, how they differ, and over how many days."""
    language, days = request.language, len(paired.pairs)
    label = language("page.head.share") if request.subject.fold == "share" else request.mean_label
    counted = request.counted_days(days, days + len(paired.left_out))
    return [
        ExplorerFact(language(labels[0], what=label), _with_range(request, sums.now), names[0]),
        ExplorerFact(language(labels[1], what=label), _with_range(request, sums.before), names[1]),
        ExplorerFact(language("page.explorer.change"), change(request, sums), _change_is(request)),
        ExplorerFact(language("page.explorer.counting"), counted, language("page.explorer.counting_is")),
    ]


def _with_range(request: ViewRequest, said: SaidValue) -> str:
    if said.low is None or said.high is None:
        return request.amount(said.value) if said.value is not None else request.number(None)
    between = request.language("page.range", low=request.number(said.low), high=request.number(said.high))
    return f"{request.number(said.value)} ({between})"


def change(request: ViewRequest, sums: ComparedSums) -> str:
    """Say how much more or less it is: of shares in points, without a true zero in the unit, of others in percent."""
    now, before, language = sums.now.value, sums.before.value, request.language
    if now is None or before is None:
        return language("page.no_number")
    if request.subject.fold == "share":
        points = (now - before) * 100
        sign = "+" if points >= 0 else "\u2212"
        return language("page.explorer.points", change=f"{sign}\u00a0{language.numbers.decimal(abs(points), 1)}")
    if request.question.facet in _WITHOUT_TRUE_ZERO:
        sign = "+" if now >= before else "\u2212"
        return f"{sign}\u00a0{request.amount(abs(now - before))}"
    return language.numbers.signed(now / before - 1, 1) if before else language("page.no_number")


def _change_is(request: ViewRequest) -> str:
    key = "page.explorer.change_of_share" if request.subject.fold == "share" else "page.explorer.change_of_count"
    return request.language(key)


def left_out(request: ViewRequest, paired: PairedDays) -> list[str]:
    """Say why days do not count, and how many."""
    language = request.language
    said = [
        language("page.explorer.times", why=language(f"page.explorer_left_out.{why}"), number=number)
        for why, number in sorted(paired.reasons.items(), key=lambda one: -one[1])
    ]
    return [language("page.explorer.left_out", reasons="; ".join(said))] if said else []


def heads(request: ViewRequest) -> list[str]:
    """Give the heads of the table of pairs."""
    language = request.language
    return [
        language("page.head.day"),
        request.unit.capitalize(),
        language("page.explorer.compared_with"),
        language("page.explorer.there"),
        language("page.explorer.counts"),
    ]


def rows(
    request: ViewRequest, days: Sequence[ExploredDay], before: Sequence[ExploredDay], paired: PairedDays
) -> list[list[CellText]]:
    """Give every day with the one it is compared with, and whether they count."""
    language, known = request.language, {(one.place, one.day): one for one in before}
    by_day = {one.day: one for one in before}
    counted = {(one.now.place, one.now.day): one.before for one in paired.pairs}
    unpaired = {(one.place, one.day): one for one in paired.left_out}
    found = []
    for day in days:
        other = counted.get((day.place, day.day))
        lost = None if other else unpaired.get((day.place, day.day))
        partner = other.day if other else lost.partner if lost else None
        there = other or (known.get((day.place, partner)) or by_day.get(partner) if partner else None)
        words = (
            language("page.explorer.yes")
            if other
            else language(f"page.explorer_left_out.{lost.why if lost else 'no_day'}")
        )
        found.append(
            [
                _day_of_place(request, day),
                request.cell(_of_day(request, day)),
                request.day_cell(partner),
                request.cell(_of_day(request, there)),
                CellText(words, words),
            ]
        )
    return found


def _day_of_place(request: ViewRequest, day: ExploredDay) -> CellText:
    """Give a cell of a day; of several sites with the id of its site."""
    cell = request.day_cell(day.day)
    return (
        CellText(f"{cell.words}, {day.place}", f"{cell.raw} {day.place}")
        if request.subject.kind == "district"
        else cell
    )


def _of_day(request: ViewRequest, day: ExploredDay | None) -> float | None:
    if day is None or day.value is None:
        return None
    if request.subject.fold == "share":
        return day.value / day.base if day.base and enough(day) else None
    return day.value


async def _chart(request: ViewRequest, pairs: Sequence[DayPair]) -> SvgChart | None:
    if not pairs:
        return None
    interval = _room(request)
    found: dict[date, list[DayPair]] = {}
    for one in sorted(pairs, key=lambda it: it.now.day):
        found.setdefault(begin(one.now.day, interval), []).append(one)
    groups = list(found.values())
    now = await request.means([added(one.now for one in some) for some in groups])
    before = await request.means([added(one.before for one in some) for some in groups])
    points = [
        (_point(request, [one.before for one in some], then), _point(request, [one.now for one in some], today))
        for some, today, then in zip(groups, now, before, strict=True)
    ]
    drawn = replace(request, interval=interval)
    scale = request.scale(point for both in points for point in both)
    return drawings.paired_columns(points, scale, drawn.ticks([some[0].now.day for some in groups]))


def _room(request: ViewRequest) -> DayInterval:
    interval = usual_interval(request.period)
    return "week" if interval in {"hour", "week"} else "day" if interval == "day" else "month"


def _point(request: ViewRequest, days: Sequence[ExploredDay], said: SaidValue) -> Point:
    words = request.span(days[0].day, days[-1].day)
    counted = request.language.counted("page.explorer_days_counted", len(days))
    return Point(words, said.value, f"{words} {request.amount(said.value)}, {counted}")
