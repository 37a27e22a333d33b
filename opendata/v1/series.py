"""Series of a place, all in one way: found, period, as of, paging, format; and a tag of what they rest on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from opendata.conditional import digest
from opendata.database import NamedQueries
from opendata.freshness import BasisSubject
from opendata.processing import Processing
from opendata.read import measuring_windows
from opendata.read.buckets import B
from opendata.read.owners import PublishedOwner
from opendata.read.quarters import HourForm, QuarterItem, QuarterSeries, steady
from opendata.read.series import Series
from opendata.v1 import answers, as_of, cursor, subject_progress, terms
from opendata.v1.as_of import AsOf
from opendata.v1.intervals import WIDTHS, Interval, Span, closes, row_length, since, span
from opendata.v1.models import Meta, Methode, Row, Verwerking
from opendata.v1.parameters import SeriesQuestion
from opendata.v1.read_ahead import read_ahead
from opendata.v1.request_context import RequestContext, ticks
from opendata.v1.row_lines import RowLines
from opendata.v1.rows import measuring_window, period

Q = TypeVar("Q", bound=SeriesQuestion)

_ROWS_AT_ONCE: Final = 4_000
_ALONE: Final = frozenset({"site"})
"""Kinds of place whose numbers are made of nobody else's."""


def _anything(_: Span) -> None:
    """Refuse no range."""


@dataclass(frozen=True)
class SeriesRequest(Generic[Q]):
    """A question about the series of a place that is there, and whose that is."""

    context: RequestContext
    name: str
    question: Q
    owner: PublishedOwner
    reference: AsOf

    @property
    def store(self) -> NamedQueries:
        """The moment to read from."""
        return self.context.store

    async def registry(self) -> NamedQueries:
        """Give what answers queries that rest on the registry alone."""
        return await self.context.reader.registry()

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.context.now

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the place's owner, in which its local days lie."""
        return self.owner.zone


@dataclass(frozen=True, kw_only=True)
class SeriesResult(Generic[B]):
    """What answers a question: the reading, how its rows are written, and what the answer says of all of them.

    The series begins at `begins_at`. `subject` are the words of the question in `meta` and beside each row of a sheet.
    `checked` says of a row that its number may come yet; `judge` raises where a range is too long. Rows that differ in
    little are written as `lines`.
    """

    reading: Series[B]
    interval: Interval
    begins_at: datetime | None
    shape: Callable[[B], Row]
    subject: Mapping[str, object]
    methods: Sequence[Methode] = ()
    judge: Callable[[Span], None] = _anything
    checked: Callable[[Row, B, Processing], Row] | None = None
    lines: bool = False

    def row(self, stored: B, processing: Processing) -> Row:
        """Write one row."""
        shaped = self.shape(stored)
        if self.checked is not None:
            return self.checked(shaped, stored, processing)
        return subject_progress.with_processing(shaped, stored, processing, missing=self.reading.missing(stored))


@dataclass(frozen=True, kw_only=True)
class SeriesResource(Generic[Q, B]):
    """A series of `/v1`, declared: of which kind of place, where it is explained, its columns, and what is read for it.

    `rows` has the columns in the order of JSON and CSV, with their Dutch names. `read` may raise MistakesError.
    """

    kind: str
    chapter: str
    rows: type[Row]
    read: Callable[[SeriesRequest[Q]], Awaitable[SeriesResult[B]]]

    async def answer(self, context: RequestContext, name: str, question: Q) -> Response:
        """Answer a question about a place; 304 when who asks has that answer already."""
        owner = await context.owner_of(self.kind, name)
        reference = as_of.of(question.peil_tijd, context.now)
        requested = SeriesRequest(context, name, question, owner, reference)
        found = await self.read(requested)
        wanted = span(question.start_tijd, reference.end(question.eind_tijd), found.interval, context.now, owner.zone)
        found.judge(wanted)
        covered = since(wanted, found.begins_at, found.interval)
        meta = await context.meta(self.chapter, [owner], found.methods, **found.subject, peilTijd=reference.word)
        answered = period(question.start_tijd, question.eind_tijd, wanted.start, wanted.end)
        meta = meta.model_copy(update={"periode": answered})
        return await _Pages(self.rows, requested, found, covered).answer(meta)


@dataclass(frozen=True)
class _Pages(Generic[Q, B]):
    """The answer to one question, and the range that it covers."""

    rows: type[Row]
    requested: SeriesRequest[Q]
    found: SeriesResult[B]
    covered: Span

    async def answer(self, meta: Meta) -> Response:
        """Answer one page of JSON, or all as CSV."""
        context = self.requested.context
        form = context.form("json", "csv")
        part = self.covered if form == "csv" else self._page()
        state = digest(meta.gegevensrevisie, await self.found.reading.state(context.store, part.start, part.end))
        processing, progress = await self._processing(part)
        more = self.covered.start < part.start if self._newest_first else part.end < self.covered.end
        tag = context.tag(form, state, progress, processing.waiting, more, *self._moment(part))
        await self._rests_on(part, progress)
        if unchanged := context.unchanged(tag):
            return unchanged
        meta = meta.model_copy(update={"gegevensrevisie": state, "verwerking": progress})
        about, registry = self.found.reading.about, await self.requested.registry()
        start, end = await steady(registry, about, part.start, self._end(part))
        meta = terms.under(meta, await terms.read(registry, about, start, end))
        windows = await measuring_windows.read(registry, about, start, end)
        meta = meta.model_copy(update={"meetvensters": [measuring_window(one) for one in windows]})
        following = self._following(part) if more else None
        if self.found.lines:
            return await self._lines(part, processing, meta, following, tag)
        if form == "csv":
            return await answers.sheet(context, self.rows, self._batches(processing), meta, tag)
        rows = await self._read(part, processing)
        return answers.envelope(context, meta, rows, following, tag)

    async def _lines(self, part: Span, processing: Processing, meta: Meta, following: str | None, tag: str) -> Response:
        """Answer rows of counts, without a shape of each."""
        context = self.requested.context
        form = context.form("json", "csv")
        written = answers.lines(context, form, self.rows, meta)
        counts = RowLines(written, lambda row: self.found.row(cast("B", row), processing), processing)
        if form == "csv":
            texts = (counts.text(rows) async for rows in self._counts(self.covered, counts))
            return await answers.sheet_of_lines(context, self.rows, texts, meta, tag)
        found = [counts.text(rows) async for rows in self._counts(part, counts)]
        return answers.envelope_of_lines(context, meta, ",".join(filter(None, found)), following, tag)

    def _counts(self, rest: Span, form: HourForm) -> AsyncIterator[Sequence[QuarterItem]]:
        """Read counts in parts; hours of quarters as they are stored, unless single rows of them are asked for."""
        series, question = self.found.reading, self.requested.question
        if isinstance(series, QuarterSeries) and not self._newest_first and question.gewijzigd_sinds is None:
            hours = series
            store = self.requested.store
            return read_ahead(self._parts(rest), lambda part: hours.hours(store, part.start, part.end, form))
        return read_ahead(self._parts(rest), lambda part: cast("Awaitable[Sequence[QuarterItem]]", self._stored(part)))

    def _parts(self, rest: Span) -> Iterator[Span]:
        """Give what is left in parts of so many rows, about."""
        while rest.start < rest.end:
            part = self._first_of(rest, _ROWS_AT_ONCE)
            yield part
            rest = Span(rest.start, part.start) if self._newest_first else Span(part.end, rest.end)

    async def _rests_on(self, part: Span, progress: Verwerking | None) -> None:
        """Say what the answer rests on: numbers of its place, or of all places of which it may be made."""
        about = self.found.reading.about
        own = BasisSubject(about.kind, about.name if about.kind in _ALONE else None)
        others = [] if about.kind in _ALONE else [BasisSubject(kind) for kind in ("site", "station")]
        await self.requested.context.rests_on_numbers(
            own,
            *others,
            start=part.start - WIDTHS[self.found.interval].looking_back,
            end=self._end(part),
            at=self.requested.reference.at,
            progress=progress,
            open_end=self.requested.question.eind_tijd is None,
        )

    def _end(self, part: Span) -> datetime:
        return closes(part, self.found.interval, self.requested.zone)

    async def _processing(self, part: Span) -> tuple[Processing, Verwerking | None]:
        """Read how far the numbers of a range are processed; what stood at a moment is not judged by now."""
        if self.requested.reference.at is not None:
            return Processing(None, (), self.requested.now), None
        start, end = part.start - WIDTHS[self.found.interval].looking_back, self._end(part)
        found = await self.requested.context.reader.processing(self.found.reading.about, start, end)
        return found, subject_progress.meta(found, start, end)

    def _moment(self, part: Span) -> tuple[object, ...]:
        """Tell apart what time makes of an answer: nothing where all rows are over, else which began and ended."""
        if self._end(part) <= self.requested.now:
            return part.start, part.end
        return part.start, ticks(self.requested.now)

    async def _read(self, part: Span, processing: Processing) -> Sequence[Row]:
        return [self.found.row(row, processing) for row in await self._stored(part)]

    async def _stored(self, part: Span) -> Sequence[B]:
        stored = await self.found.reading.rows(self.requested.store, part.start, part.end)
        changed = self.requested.question.gewijzigd_sinds
        if changed is not None:
            stored = [row for row in stored if row.revised_at is not None and row.revised_at > changed]
        if self._newest_first:
            stored.reverse()
        return stored

    @property
    def _newest_first(self) -> bool:
        return self.requested.question.sorteer.startswith("-")

    async def _batches(self, processing: Processing) -> AsyncIterator[Sequence[Row]]:
        async for stored in read_ahead(self._parts(self.covered), self._stored):
            yield [self.found.row(row, processing) for row in stored]

    @property
    def _length(self) -> timedelta:
        """The time after which, about, another row comes."""
        return row_length(self.covered, self.found.interval) / self.found.reading.per_bucket

    def _page(self) -> Span:
        context, question = self.requested.context, self.requested.question
        rest = self.covered
        if question.cursor:
            edge = cursor.read(question.cursor, context.question(), context.settings.cursor_key)
            rest = Span(rest.start, max(rest.start, edge)) if self._newest_first else Span(edge, max(edge, rest.end))
        return self._first_of(rest, question.pagina_grootte)

    def _first_of(self, rest: Span, rows: int) -> Span:
        """Give the part of what is left in which the next so many rows are, about."""
        length = min(self._length * min(rows, -((rest.start - rest.end) // self._length)), rest.end - rest.start)
        if self._newest_first:
            return Span(rest.end - length, rest.end)
        return Span(rest.start, rest.start + length)

    def _following(self, part: Span) -> str:
        context = self.requested.context
        edge = part.start if self._newest_first else part.end
        return context.following(cursor.write(edge, context.question(), context.settings.cursor_key))
