"""Series of the store as charts: by hour, by day, as share, as air."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from opendata import number_format
from opendata.flag_words import Parts, RowFlags, excluded
from opendata.pages import charts
from opendata.pages.charts import Chart, Point
from opendata.pages.language import PageLanguage
from opendata.vocabulary import flag_parts
from schemas.reasons import Reason

_QUARTER: Final = 15
_TWO_DAYS: Final = 2
"""Hours of so many local days, from one noon to the next, are told apart by the clock alone."""
LENGTHS: Final = {_QUARTER: "quarter", 30: "half_hour", 60: "hour"}
"""Lengths of intervals in minutes that have a word of their own."""


@dataclass(frozen=True)
class RowExclusion:
    """Which quality flags a row has, and how many of its `parts` have each, where they were read."""

    quality_flags: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    parts: Parts = "hours"

    @classmethod
    def of(cls, row: RowFlags, parts: Parts) -> "RowExclusion":
        """Take it from a row."""
        return cls(row.quality_flags, flag_parts(row.flagged or ()), parts)

    def words(self, language: PageLanguage) -> str | None:
        """Say what was left out; None where nothing was."""
        return excluded(self.quality_flags, self.counted, self.parts, language.locale)


@dataclass(frozen=True, kw_only=True)
class ChartRow:
    """What a chart draws of one bucket; one that is `unprocessed` has no number that may come yet, one runs still.

    `day` is its first local day, where it has days. A band goes from `low` to `high`. `flags` say what was
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
    flags: RowExclusion = RowExclusion()


def counts(
    language: PageLanguage,
    title: str,
    rows: Sequence[ChartRow],
    label: Callable[[ChartRow], str],
    *,
    csv: str,
    unit: str,
) -> Chart:
    """Draw counted passages as columns."""
    points = [_counted(language, label(row), row) for row in rows]
    top = charts.nice(max((point.value or 0 for point in points), default=0))
    table = [(point.label, language.numbers.decimal(point.value), point.meant) for point in points]
    heads = (language("page.head.start"), unit.capitalize(), language("page.head.measurement"))
    drawing = charts.columns(points, top)
    return _chart(title, unit, points, drawing=drawing, top=top, heads=heads, table=table, csv=csv)


def shares(language: PageLanguage, title: str, rows: Sequence[ChartRow], csv: str) -> Chart:
    """Draw daily shares with their intervals."""
    points, percent = [_share(language, row) for row in rows], language.numbers.percent
    top = charts.nice(max((point.high or point.value or 0 for point in points), default=0) * 100) / 100
    table = [(point.label, percent(point.value, 1), _between(language, point), point.meant) for point in points]
    heads = [language(f"page.head.{head}") for head in ("day", "share", "interval", "measurement")]
    drawing, unit = charts.line(points, top), language("page.of_traffic")
    return _chart(title, unit, points, drawing=drawing, top=top * 100, heads=heads, table=table, csv=csv)


def air(language: PageLanguage, title: str, rows: Sequence[ChartRow], zone: ZoneInfo, *, csv: str, unit: str) -> Chart:
    """Draw hourly means as a line."""
    days = {row.started_at.astimezone(zone).date() for row in rows}
    label = quarter_label(language, zone) if len(days) > _TWO_DAYS else hour_label(zone)
    return _means(language, title, rows, label, head="hour", csv=csv, unit=unit)


def air_days(language: PageLanguage, title: str, rows: Sequence[ChartRow], *, csv: str, unit: str) -> Chart:
    """Draw the means of local days as a line."""
    return _means(language, title, rows, day_label(language), head="day", csv=csv, unit=unit)


def _means(
    language: PageLanguage,
    title: str,
    rows: Sequence[ChartRow],
    label: Callable[[ChartRow], str],
    *,
    head: str,
    csv: str,
    unit: str,
) -> Chart:
    points = [_point(language, label(row), row) for row in rows]
    bottom, top = charts.axis(point.value for point in points)
    table = [(point.label, language.numbers.decimal(point.value, 1), point.meant) for point in points]
    heads = (language(f"page.head.{head}"), unit, language("page.head.measurement"))
    drawing = charts.line(points, top, bottom)
    chart = _chart(title, unit, points, drawing=drawing, top=top, heads=heads, table=table, csv=csv)
    return replace(chart, bottom=bottom)


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


def _counted(language: PageLanguage, label: str, row: ChartRow) -> Point:
    whole = row.valid >= row.expected and not row.running
    return replace(_point(language, label, row), whole=whole)


def _share(language: PageLanguage, row: ChartRow) -> Point:
    point = _point(language, day_label(language)(row), row)
    why = None if point.waits or language.channels(row.reason) else language.reason(row.reason)
    reported = why or point.reported
    return replace(point, reported=reported, low=row.low, high=row.high)


def _point(language: PageLanguage, label: str, row: ChartRow) -> Point:
    return Point(label, row.value, _reported(language, row), waits=row.value is None and row.unprocessed)


def _between(language: PageLanguage, point: Point) -> str:
    if point.low is None or point.high is None:
        return number_format.ABSENT
    low, high = (language.numbers.percent(bound, 1) for bound in (point.low, point.high))
    return language("page.range", low=low, high=high)


def _reported(language: PageLanguage, row: ChartRow) -> str:
    """Say how a number was measured, in a few words."""
    if row.unprocessed:
        return language("reason.not_processed")
    named = language.channels(row.reason)
    if row.valid == 0:
        missing = language("page.no_measurement")
        return (f"{missing}: {named}" if named else language.reason(row.reason)) or missing
    if row.running:
        return language("page.running")
    if row.valid < row.expected:
        partial = language.partial(row.valid / row.expected, excluded=row.flags.words(language))
        return partial + (f": {named}" if named else "")
    return language.whole()


def hour_label(zone: ZoneInfo) -> Callable[[ChartRow], str]:
    """Label rows by their local hour."""

    def label(row: ChartRow) -> str:
        return number_format.clock(row.started_at, zone)

    return label


def midnights(language: PageLanguage, chart: Chart, rows: Sequence[ChartRow], zone: ZoneInfo) -> Chart:
    """Mark a chart where its local days begin."""
    begins = [(index, row.started_at.astimezone(zone)) for index, row in enumerate(rows)]
    marks = [
        (100 * index / len(rows), language.numbers.short_day(local.date()))
        for index, local in begins
        if (local.hour, local.minute) == (0, 0)
    ]
    return replace(chart, marks=marks)


def quarter_label(language: PageLanguage, zone: ZoneInfo) -> Callable[[ChartRow], str]:
    """Label rows by their local day and time."""

    def label(row: ChartRow) -> str:
        local = row.started_at.astimezone(zone)
        return f"{language.numbers.short_day(local.date())} {local:%H:%M}"

    return label


def interval_words(language: PageLanguage, lengths: Iterable[timedelta]) -> str:
    """Say by what interval rows are counted: a quarter where there is none, the range where there are several."""
    minutes = sorted({int(length.total_seconds()) // 60 for length in lengths}) or [_QUARTER]
    shortest, longest = (_length(language, length) for length in (minutes[0], minutes[-1]))
    if shortest == longest:
        return language("page.per", interval=shortest)
    return language("page.per_range", shortest=shortest, longest=longest)


def _length(language: PageLanguage, minutes: int) -> str:
    word = LENGTHS.get(minutes)
    return language(f"page.interval.{word}") if word else language("page.minutes", minutes=minutes)


def day_label(language: PageLanguage) -> Callable[[ChartRow], str]:
    """Label rows by their local day."""

    def label(row: ChartRow) -> str:
        return language.numbers.short_day(row.day or row.started_at.date())

    return label


def month_label(language: PageLanguage) -> Callable[[ChartRow], str]:
    """Label rows by the month of their first local day."""

    def label(row: ChartRow) -> str:
        return language.numbers.short_month(row.day or row.started_at.date())

    return label
