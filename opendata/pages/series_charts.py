"""Series of the store as charts: by hour, by day, as share, as air."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from opendata import number_format
from opendata.pages import charts
from opendata.pages.charts import Chart, Point
from opendata.reasons import channels, text
from opendata.vocabulary import MISSING, UNPROCESSED
from schemas.reasons import Reason

_QUARTER: Final = 15
_LENGTHS: Final = {_QUARTER: "kwartier", 30: "half uur", 60: "uur"}
"""Lengths of intervals in minutes that have a word of their own."""


@dataclass(frozen=True, kw_only=True)
class ChartRow:
    """What a chart draws of one bucket; one that is `unprocessed` has no number that may come yet, one runs still.

    `day` is its first local day, where it has days. A band goes from `low` to `high`. `excluded` says what was
    left out.
    """

    started_at: datetime
    day: date | None = None
    value: float | None
    valid: float
    expected: float
    reason: Reason | None = None
    unprocessed: bool = False
    running: bool = False
    low: float | None = None
    high: float | None = None
    excluded: str | None = None


def counts(
    title: str, rows: Sequence[ChartRow], label: Callable[[ChartRow], str], csv: str, unit: str = "passages"
) -> Chart:
    """Draw counted passages as columns."""
    points = [_counted(label(row), row) for row in rows]
    top = charts.nice(max((point.value or 0 for point in points), default=0))
    table = [(point.label, number_format.decimal(point.value), point.meant) for point in points]
    heads = ("Begin", unit.capitalize(), "Meting")
    drawing = charts.columns(points, top)
    return _chart(title, unit, points, drawing=drawing, top=top, heads=heads, table=table, csv=csv)


def shares(title: str, rows: Sequence[ChartRow], csv: str) -> Chart:
    """Draw daily shares with their intervals."""
    points = [_share(row) for row in rows]
    top = charts.nice(max((point.high or point.value or 0 for point in points), default=0) * 100) / 100
    table = [(point.label, number_format.percent(point.value, 1), _between(point), point.meant) for point in points]
    heads = ("Dag", "Aandeel", "Interval", "Meting")
    drawing, unit = charts.line(points, top), "% van het getelde verkeer"
    return _chart(title, unit, points, drawing=drawing, top=top * 100, heads=heads, table=table, csv=csv)


def air(title: str, unit: str, rows: Sequence[ChartRow], zone: ZoneInfo, csv: str) -> Chart:
    """Draw hourly means as a line."""
    points = [_point(number_format.clock(row.started_at, zone), row) for row in rows]
    top = charts.nice(max((point.value or 0 for point in points), default=0))
    table = [(point.label, number_format.decimal(point.value, 1), point.meant) for point in points]
    drawing, heads = charts.line(points, top), ("Uur", unit, "Meting")
    return _chart(title, unit, points, drawing=drawing, top=top, heads=heads, table=table, csv=csv)


def _chart(
    title: str,
    unit: str,
    points: Sequence[Point],
    *,
    drawing: Markup,
    top: float,
    heads: Sequence[str],
    table: Sequence[Sequence[str]],
    csv: str,
) -> Chart:
    waiting = sum(point.waits for point in points)
    missing = sum(point.value is None for point in points) - waiting
    partial = sum(point.value is not None and not point.whole for point in points)
    return Chart(
        title,
        unit,
        drawing,
        top,
        charts.ticks([point.label for point in points]),
        heads,
        table,
        csv,
        missing,
        partial,
        waiting,
    )


def _counted(label: str, row: ChartRow) -> Point:
    whole = row.valid >= row.expected and not row.running
    return replace(_point(label, row), whole=whole)


def _share(row: ChartRow) -> Point:
    point = _point(day_label(row), row)
    why = None if point.waits or channels(row.reason) else text(row.reason)
    reported = why or point.reported
    return replace(point, reported=reported, low=row.low, high=row.high)


def _point(label: str, row: ChartRow) -> Point:
    return Point(label, row.value, _reported(row), waits=row.value is None and row.unprocessed)


def _between(point: Point) -> str:
    if point.low is None or point.high is None:
        return number_format.ABSENT
    return f"{number_format.percent(point.low, 1)} tot {number_format.percent(point.high, 1)}"


def _reported(row: ChartRow) -> str:
    """Say how a number was measured, in a few words."""
    if row.unprocessed:
        return UNPROCESSED
    named = channels(row.reason)
    if row.valid == 0:
        return (f"{MISSING}: {named}" if named else text(row.reason)) or MISSING
    if row.running:
        return "loopt nog"
    if row.valid < row.expected:
        covered = ", ".join(filter(None, (number_format.coverage(row.valid / row.expected), row.excluded)))
        return f"onvolledig ({covered})" + (f": {named}" if named else "")
    return "volledig"


def hour_label(zone: ZoneInfo) -> Callable[[ChartRow], str]:
    """Label rows by their local hour."""

    def label(row: ChartRow) -> str:
        return number_format.clock(row.started_at, zone)

    return label


def midnights(chart: Chart, rows: Sequence[ChartRow], zone: ZoneInfo) -> Chart:
    """Mark a chart where its local days begin."""
    begins = [(index, row.started_at.astimezone(zone)) for index, row in enumerate(rows)]
    marks = [
        (100 * index / len(rows), number_format.short_day(local.date()))
        for index, local in begins
        if (local.hour, local.minute) == (0, 0)
    ]
    return replace(chart, marks=marks)


def quarter_label(zone: ZoneInfo) -> Callable[[ChartRow], str]:
    """Label rows by their local day and time."""

    def label(row: ChartRow) -> str:
        local = row.started_at.astimezone(zone)
        return f"{number_format.short_day(local.date())} {local:%H:%M}"

    return label


def interval_words(lengths: Iterable[timedelta]) -> str:
    """Say by what interval rows are counted: a quarter where there is none, the range where there are several."""
    minutes = sorted({int(length.total_seconds()) // 60 for length in lengths}) or [_QUARTER]
    shortest, longest = (_LENGTHS.get(length, f"{length} minuten") for length in (minutes[0], minutes[-1]))
    return f"Per {shortest}" if shortest == longest else f"Per {shortest} tot {longest}"


def day_label(row: ChartRow) -> str:
    """Label rows by their local day."""
    return number_format.short_day(row.day or row.started_at.date())
