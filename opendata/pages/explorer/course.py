"""The course of a period by hour, day, week, month or year."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from opendata import read
from opendata.pages.charts import Point
from opendata.pages.explorer import drawings
from opendata.pages.explorer.drawings import LegendEntry, Segment, SvgChart
from opendata.pages.explorer.view_request import (
    CellText,
    ExplorerFact,
    ExplorerResult,
    SaidValue,
    ViewRequest,
    shared_notes,
)
from opendata.read.day_sums import DaySum, added, begin, buckets
from opendata.read.explored import ExploredDay
from opendata.v1.models import zulu
from opendata.vocabulary import NOEMER, PERIODS, VERVOERWIJZE


class _Row(NamedTuple):
    label: str
    first: date
    last: date
    started_at: datetime
    ended_at: datetime
    total: DaySum
    said: SaidValue


async def of(request: ViewRequest) -> ExplorerResult:
    """Show how the numbers of a period run."""
    language, days = request.language, await request.chosen_days()
    rows = await (_hours(request) if request.interval == "hour" else _longer(request, days))
    points = [request.point(row.label, row.said, row.total, row.started_at, row.ended_at) for row in rows]
    interval = language(f"page.explorer_interval.{request.interval}")
    segments: list[Segment] = ["cut" if _is_cut(request, row) else "now" for row in rows]
    return ExplorerResult(
        title=language("page.explorer.course", what=request.what, interval=interval),
        unit=request.unit,
        period=request.named_period,
        first=request.period.first,
        last=request.period.last,
        facts=await _facts(request, days),
        chart=_chart(request, rows, points, segments) if points else None,
        legend=_legend(request, points, segments),
        heads=_heads(request),
        rows=[_cells(request, row) for row in rows],
        notes=shared_notes(request, days),
        csv=_v1(request),
    )


async def _longer(request: ViewRequest, days: Sequence[ExploredDay]) -> list[_Row]:
    interval = request.interval
    found = buckets(days, "day" if interval == "hour" else interval)
    values = await request.values([one.total for one in found])
    return [
        _Row(request.label(one.first, one.last), one.first, one.last, one.started_at, one.ended_at, one.total, said)
        for one, said in zip(found, values, strict=True)
    ]


async def _hours(request: ViewRequest) -> list[_Row]:
    """Read the hours of the period, by the same questions as `/v1`."""
    moment, store, question = request.progress.moment, request.context.store, request.question
    start, name = moment.start_of(request.period.first), request.subject.name
    end = moment.start_of(request.period.last + timedelta(days=1))
    found: list[tuple[datetime, datetime, DaySum, SaidValue]] = []
    if request.subject.kind == "screenline":
        shares = read.shares.series(name, question.facet, "hour", zone=moment.zone, now=moment.now)
        for share in await shares.rows(store, start, end):
            total = DaySum(share.numerator, share.denominator, share.valid, share.expected, 1, 1, share.quality_flags)
            said = SaidValue(share.share, share.low, share.high, reason=share.reason)
            found.append((share.started_at, share.ended_at, total, said))
    elif request.subject.kind == "station":
        for hour in await read.air.hours(name, question.facet).rows(store, start, end):
            total = DaySum(hour.value, None, hour.valid, hour.expected, 1, 1, hour.quality_flags)
            found.append((hour.started_at, hour.ended_at, total, SaidValue(hour.value, reason=hour.reason)))
    else:
        counts = read.counts.series(
            name, question.facet, "hour", zone=moment.zone, now=moment.now, direction=question.direction
        )
        for count in await counts.rows(store, start, end):
            total = DaySum(count.value, None, count.valid, count.expected, 1, 1, count.quality_flags)
            found.append((count.started_at, count.ended_at, total, SaidValue(count.value, reason=count.reason)))
    numbers, rows = request.language.numbers, []
    for started_at, ended_at, total, said in found:
        local = started_at.astimezone(moment.zone)
        if request.period.holds(local.date()):
            label = f"{numbers.whole_day(local.date())} {local:%H:%M}"
            rows.append(_Row(label, local.date(), local.date(), started_at, ended_at, total, said))
    return rows


def _is_cut(request: ViewRequest, row: _Row) -> bool:
    """Tell whether the period begins or ends within the week, month or year of a row: fewer days are less."""
    ends = _begins(request, row.last + timedelta(days=1))
    return request.period.is_whole and not (_begins(request, row.first) and ends)


def _chart(
    request: ViewRequest, rows: Sequence[_Row], points: Sequence[Point], segments: Sequence[Segment]
) -> SvgChart:
    scale, ticks = request.scale(points), request.ticks([row.first for row in rows])
    if request.subject.fold == "sum":
        return drawings.columns(points, scale, ticks, segments)
    return drawings.lines([("year0", points)], scale, ticks, points)


def _legend(request: ViewRequest, points: Sequence[Point], segments: Sequence[Segment]) -> list[LegendEntry]:
    """Say what the columns and blocks of a chart stand for, those that it has."""
    language, missing = request.language, [point for point in points if point.value is None]
    entries = []
    if any(point.value is not None and not point.whole for point in points) and request.subject.fold == "sum":
        entries.append(LegendEntry("partial", language("page.explorer.partly")))
    cut = any(one == "cut" and it.whole and it.value is not None for one, it in zip(segments, points, strict=True))
    if cut and request.subject.fold == "sum":
        entries.append(LegendEntry("cut", language("page.explorer.cut")))
    if any(not point.waits for point in missing):
        entries.append(LegendEntry("gap", language("page.no_measurement")))
    if any(point.waits for point in missing):
        entries.append(LegendEntry("wait", language("reason.not_processed")))
    if request.subject.fold == "share":
        entries.append(LegendEntry("band", language("page.explorer.band")))
    return entries


async def _facts(request: ViewRequest, days: Sequence[ExploredDay]) -> list[ExplorerFact]:
    language, total = request.language, added(days)
    (said,) = await request.values([total])
    covered = request.measured(total)
    counted = language.counted("page.explorer_days", total.days, of=len(request.period.days))
    if request.subject.kind == "district":
        counted = request.counted_days(total.days, len(days))
    if request.subject.fold == "share":
        return [*share_facts(request, said, total)]
    facts = []
    if request.subject.fold == "sum":
        facts.append(ExplorerFact(language("page.explorer.total"), request.amount(total.value), covered))
    mean = request.amount(total.mean)
    facts.append(ExplorerFact(request.mean_label, mean, counted))
    return facts


def share_facts(request: ViewRequest, said: SaidValue, total: DaySum) -> list[ExplorerFact]:
    """Say a share with its interval and its range by calibration; else why there is none."""
    language, covered = request.language, request.measured(total)
    if said.value is None:
        why = language("page.withheld", reason=language.reason(said.reason) or "")
        return [ExplorerFact(language("page.head.share"), language("page.no_number"), f"{why} {covered}")]
    percent = language.numbers.percent
    sampled = language("page.share_said", low=percent(said.low, 1), high=percent(said.high, 1))
    return [
        ExplorerFact(
            language("page.head.share"),
            percent(said.value, 1),
            f"{sampled} {covered[:1].upper()}{covered[1:]}.",
        ),
        ExplorerFact(
            language("page.explorer.calibrated"),
            language("page.range", low=percent(said.calibrated_low, 1), high=percent(said.calibrated_high, 1)),
            language("page.explorer.calibrated_is"),
        ),
    ]


def _heads(request: ViewRequest) -> list[str]:
    language = request.language
    heads = [language(f"page.explorer_head.{request.interval}"), request.unit.capitalize()]
    if request.subject.fold == "share":
        heads.append(language("page.head.interval"))
    return [*heads, language("page.head.measurement")]


def _cells(request: ViewRequest, row: _Row) -> list[CellText]:
    language, said = request.language, row.said
    waits = request.waits(said.value, row.started_at, row.ended_at)
    why = language.reason(said.reason) if said.value is None and not waits else None
    reported = why or request.measured(row.total, waits=waits)
    local = row.started_at.astimezone(request.progress.moment.zone)
    raw = zulu(row.started_at) if request.interval == "hour" else local.date().isoformat()
    cells = [CellText(row.label, raw), request.cell(said.value)]
    if request.subject.fold == "share":
        cells.append(interval_cell(request, said))
    return [*cells, CellText(reported, reported)]


def interval_cell(request: ViewRequest, said: SaidValue) -> CellText:
    """Give a cell of the interval of a share."""
    if said.low is None or said.high is None:
        return CellText(request.number(None), None)
    words = request.language("page.range", low=request.number(said.low), high=request.number(said.high))
    return CellText(words, f"{said.low:.4f}-{said.high:.4f}")


def _v1(request: ViewRequest) -> str | None:
    """Lead to the same rows in `/v1`, where it has them: of all days of a period that is not broken."""
    moment, question, name = request.progress.moment, request.question, request.subject.name
    first, following = request.period.first, request.period.last + timedelta(days=1)
    if not request.period.is_whole or not _begins(request, first) or not _begins(request, following):
        return None
    start, end = moment.start_of(first), moment.start_of(following)
    covered = f"&startTijd={zulu(start)}&eindTijd={zulu(end)}"
    interval = PERIODS[request.interval]
    match request.subject.kind:
        case "site":
            direction = f"&richting={question.direction}" if question.direction else ""
            series = f"/v1/telpunten/{name}/tellingen?vervoerwijze={VERVOERWIJZE[question.facet]}{direction}"
            return f"{series}&interval={interval}{covered}&formaat=csv"
        case "screenline":
            series = f"/v1/fietsaandeel?tellijn={name}&noemer={NOEMER[question.facet]}"
            return f"{series}&interval={interval}{covered}&formaat=csv"
        case "route" if request.interval == "day":
            return f"/v1/doorfietsroutes/{name}/gebruik?formaat=csv{covered}"
        case _:
            return None


def _begins(request: ViewRequest, day: date) -> bool:
    """Tell whether an interval begins with a day."""
    return request.interval == "hour" or begin(day, request.interval) == day
