"""What a view of the explorer is made from: the place, the question, the period, and how its numbers are said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Final

from opendata import number_format
from opendata.pages import charts
from opendata.pages.charts import Point
from opendata.pages.explorer.drawings import ChartScale, LegendEntry, SvgChart
from opendata.pages.explorer.periods import ChosenPeriod, excluded_days
from opendata.pages.explorer.question import ExplorerInterval, ExplorerQuestion
from opendata.pages.explorer.subjects import ExplorerSubject
from opendata.pages.language import PageLanguage
from opendata.pages.page_context import PageContext
from opendata.pages.progress import SubjectProgress
from opendata.read import explored
from opendata.read.calendar import PublishedCalendarEntry
from opendata.read.day_sums import DaySum
from opendata.read.explored import ExploredDay, ExploredSeries, ShareSum
from schemas.reasons import Reason

_ENOUGH_ROOM: Final = 5


@dataclass(frozen=True)
class CellText:
    """What a table says in a cell, and what a spreadsheet is given."""

    words: str
    raw: str | float | None


@dataclass(frozen=True)
class ExplorerFact:
    """One key number with what it is called, and how it is meant."""

    label: str
    value: str
    how: str = ""


@dataclass(frozen=True)
class SaidValue:
    """The number of some days together, with its interval, or why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    calibrated_low: float | None = None
    calibrated_high: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True, kw_only=True)
class ExplorerResult:
    """What a view shows: all of one period, which is named.

    `csv` leads to the same rows in `/v1`, where it has them.
    """

    title: str
    unit: str
    period: str
    facts: Sequence[ExplorerFact] = ()
    chart: SvgChart | None = None
    legend: Sequence[LegendEntry] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[CellText]] = ()
    notes: Sequence[str] = ()
    csv: str | None = None
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class ViewRequest:
    """One question about one place, at one moment."""

    context: PageContext
    subject: ExplorerSubject
    question: ExplorerQuestion
    period: ChosenPeriod
    interval: ExplorerInterval
    calendar: Sequence[PublishedCalendarEntry]
    progress: SubjectProgress

    @property
    def language(self) -> PageLanguage:
        """The language of the page."""
        return self.context.language

    @cached_property
    def series(self) -> ExploredSeries:
        """The rows of the place."""
        return self.series_of(self.subject.name)

    def series_of(self, name: str) -> ExploredSeries:
        """Give the rows of a place of the same kind."""
        own = name == self.subject.name
        return ExploredSeries(
            kind=self.subject.kind,
            name=name,
            facet=self.question.facet,
            places=self.subject.sites if own and self.subject.kind == "district" else (name,),
            zone=self.progress.moment.zone,
            now=self.progress.moment.now,
            direction=self.question.direction if own else None,
        )

    @cached_property
    def excluded(self) -> frozenset[date]:
        """The days that the calendar leaves out of comparisons."""
        return excluded_days(self.calendar, self.subject.owner, self.subject.concerned)

    async def days(self, first: date, last: date) -> list[ExploredDay]:
        """Read the local days of a range that are of the weekdays that are meant."""
        found = await self.series.days(self.context.store, first, last)
        alike = replace(self.period, first=first, last=last, entries=())
        return [day for day in found if alike.holds(day.day)]

    async def chosen_days(self) -> list[ExploredDay]:
        """Read the days of the period."""
        found = await self.series.days(self.context.store, self.period.first, self.period.last)
        return [day for day in found if self.period.holds(day.day)]

    async def values(self, sums: Sequence[DaySum]) -> list[SaidValue]:
        """Give the number of each sum: of shares by the one judgement, which also says why there is none."""
        if self.subject.fold != "share":
            return [SaidValue(one.value if self.subject.fold == "sum" else one.mean) for one in sums]
        wanted = [ShareSum(one.value or 0, one.base or 0, one.valid, one.expected) for one in sums]
        return [
            SaidValue(one.share, one.low, one.high, one.calibrated_low, one.calibrated_high, one.reason)
            for one in await explored.shares(self.context.store, self.subject.owner, wanted)
        ]

    async def means(self, sums: Sequence[DaySum]) -> list[SaidValue]:
        """Give the mean day of each sum; a share is the same by the day or together."""
        if self.subject.fold == "share":
            return await self.values(sums)
        return [SaidValue(one.mean) for one in sums]

    def number(self, value: float | None) -> str:
        """Write a number of the place."""
        if self.subject.fold == "share":
            return self.language.numbers.percent(value, 1)
        return self.language.numbers.decimal(value, 1 if self.subject.fold == "mean" else 0)

    def amount(self, value: float | None) -> str:
        """Write a number of the place with what it is of; only a dash where there is none."""
        return self.number(value) if value is None else f"{self.number(value)} {self.said_unit}"

    @property
    def said_unit(self) -> str:
        """Say what the numbers are of, behind a number that has its percent sign."""
        return self.language("page.explorer.of_traffic") if self.subject.fold == "share" else self.unit

    def raw(self, value: float | None) -> float | None:
        """Give a number for a spreadsheet, without digits that mean nothing."""
        if value is None:
            return None
        return int(value) if value == int(value) else round(value, 6)

    def cell(self, value: float | None) -> CellText:
        """Give a cell of a number."""
        return CellText(self.number(value), self.raw(value))

    def day_cell(self, day: date | None) -> CellText:
        """Give a cell of a day."""
        if day is None:
            return CellText(number_format.ABSENT, None)
        return CellText(self.language.numbers.whole_day(day), day.isoformat())

    @property
    def unit(self) -> str:
        """Say what the numbers are of."""
        language = self.language
        if self.subject.fold == "share":
            return language("page.of_traffic")
        if self.subject.kind == "route":
            return language("page.bicycle_km")
        return language(f"unit.{self.question.facet}")

    @property
    def mean_label(self) -> str:
        """Say of what a mean is: of days, or of days of each of several sites."""
        key = "page.explorer.mean_site_day" if self.subject.kind == "district" else "page.explorer.mean_day"
        return self.language(key)

    def counted_days(self, number: int, of: int) -> str:
        """Say how many days count; of several sites each has days of its own."""
        if self.subject.kind == "district":
            return self.language.counted("page.explorer_site_days", number, of=of)
        return self.language.counted("page.explorer_pairs", number, of=of)

    @property
    def what(self) -> str:
        """Say what is counted, with the direction where one is meant."""
        language, facet = self.language, self.question.facet
        if self.subject.kind == "screenline":
            words = language("page.explorer.share_of", variant=language.denominator(facet))
        elif self.subject.kind == "station":
            words = language(f"quantity.{facet}")
        elif self.subject.kind == "route":
            words = language("page.bicycle_km")
        else:
            words = language.mode(facet)
        toward = self.question.direction
        return f"{words}, {language.texts.towards(toward)}" if toward else words

    def measured(self, total: DaySum, *, waits: bool = False) -> str:
        """Say how much of a sum was measured."""
        language = self.language
        if waits:
            return language("reason.not_processed")
        if total.value is None or not total.valid:
            return language("page.no_measurement")
        if total.valid >= total.expected:
            return language.whole()
        return language.partial(
            total.valid / total.expected, excluded=language.excluded_by(total.quality_flags, "days")
        )

    def waits(self, value: float | None, started_at: datetime, ended_at: datetime) -> bool:
        """Tell whether a number that is not there may come yet."""
        return self.progress.unprocessed(value, started_at, ended_at)

    def day_waits(self, day: ExploredDay) -> bool:
        """Tell whether more of a day may have been measured than is processed."""
        return self.progress.processing.lacks(day.started_at, day.ended_at)

    def point(self, label: str, said: SaidValue, total: DaySum, started_at: datetime, ended_at: datetime) -> Point:
        """Give what a chart draws of some days."""
        waits = self.waits(said.value, started_at, ended_at)
        reported = self.measured(total, waits=waits)
        why = self.language.reason(said.reason) if said.value is None and not waits else None
        number = "" if said.value is None else f"{self.amount(said.value)}, "
        return Point(
            label,
            said.value,
            f"{number}{why or reported}",
            whole=total.valid >= total.expected,
            low=said.low,
            high=said.high,
            waits=waits,
        )

    def scale(self, points: Iterable[Point]) -> ChartScale:
        """Give the axis of some points: from zero, or from below it where a mean is less."""
        ends = [end for point in points for end in (point.low, point.value, point.high)]
        percent = 100 if self.subject.fold == "share" else 1
        bottom, top = (end / percent for end in charts.axis(None if end is None else end * percent for end in ends))
        words = f"{self._axis(top)} {self.said_unit}"
        return ChartScale(top, words, self._axis(top / 2), bottom, self._axis(bottom))

    def _axis(self, value: float) -> str:
        numbers = self.language.numbers
        if self.subject.fold == "share":
            return numbers.percent(value, charts.axis_digits(value * 100))
        return numbers.decimal(value, charts.axis_digits(value))

    def label(self, first: date, last: date) -> str:
        """Say which days a bucket of the interval has."""
        numbers = self.language.numbers
        match self.interval:
            case "month":
                return numbers.month(first)
            case "year":
                return str(first.year)
            case "week":
                return self.span(first, last)
            case _:
                return numbers.whole_day(first)

    def span(self, first: date, last: date) -> str:
        """Say a range of days, both included."""
        numbers = self.language.numbers
        if first == last:
            return numbers.whole_day(first)
        return self.language("page.explorer.span", first=numbers.whole_day(first), last=numbers.whole_day(last))

    def ticks(self, days: Sequence[date]) -> list[str]:
        """Choose labels for under a chart: short ones, the first, the last, and few between."""
        numbers = self.language.numbers
        if self.interval == "year":
            labels = [str(day.year) for day in days]
        elif self.interval == "month":
            labels = [numbers.short_month(day) for day in days]
        else:
            labels = [numbers.brief_day(day) for day in days]
        return charts.ticks(labels, _ENOUGH_ROOM)

    @property
    def named_period(self) -> str:
        """Name the period: its ends, and which of its days."""
        return self.named(self.period.first, self.period.last)

    def named(self, first: date, last: date) -> str:
        """Name a range of days, with which of them are meant."""
        language, words = self.language, [self.span(first, last)]
        if self.period.entries:
            words.append(language(f"page.explorer_period.{self.period.name}"))
        if self.period.weekdays != "all":
            words.append(language(f"page.explorer_weekdays.{self.period.weekdays}"))
        return ", ".join(words)


def shared_notes(request: ViewRequest, days: Sequence[ExploredDay]) -> list[str]:
    """Say what holds for all numbers of some days: what is assumed, what was simulated, what is not processed."""
    language, origins = request.language, {origin for day in days for origin in day.origins or ()}
    notes = [
        language("page.explorer.origins", origins=", ".join(language(f"page.origin.{one}") for one in sorted(origins)))
    ] if origins else []  # fmt: skip
    if request.subject.illustrative:
        notes.append(language("page.explorer.illustrative"))
    assumed = sum(day.assumed for day in days)
    if assumed:
        notes.append(language.counted("page.explorer_assumed", assumed))
    return notes
