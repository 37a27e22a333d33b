"""Series of a place, all in one way: found, period, as of, paging, format; and a tag of what they rest on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from opendata.conditional import digest
from opendata.database import NamedQueries
from opendata.processing import Processing
from opendata.read import measuring_windows
from opendata.read.buckets import B
from opendata.read.owners import PublishedOwner
from opendata.read.series import Series
from opendata.v1 import answers, as_of, cursor, subject_progress, terms
from opendata.v1.as_of import AsOf
from opendata.v1.intervals import WIDTHS, Interval, Span, closes, row_length, since, span
from opendata.v1.models import Meta, Methode, Row, Verwerking
from opendata.v1.parameters import Ranged
from opendata.v1.request_context import RequestContext
from opendata.v1.rows import measuring_window

Q = TypeVar("Q", bound=Ranged)

_ROWS_AT_ONCE: Final = 4_000
_TICK: Final = timedelta(minutes=5)
"""Every bucket begins and ends at a multiple of this."""


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
    `checked` says of a row that its number may come yet; `judge` raises where a range is too long.
    """

    reading: Series[B]
    interval: Interval
    begins_at: datetime | None
    shape: Callable[[B], Row]
    subject: Mapping[str, object]
    methods: Sequence[Methode] = ()
    judge: Callable[[Span], None] = _anything
    checked: Callable[[Row, B, Processing], Row] | None = None

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
        more = part.end < self.covered.end
        tag = context.tag(form, state, progress, processing.waiting, more, *self._moment(part))
        if unchanged := context.unchanged(tag):
            return unchanged
        meta = meta.model_copy(update={"gegevensrevisie": state, "verwerking": progress})
        about, end = self.found.reading.about, self._end(part)
        meta = terms.under(meta, await terms.read(context.store, about, part.start, end))
        windows = await measuring_windows.read(context.store, about, part.start, end)
        meta = meta.model_copy(update={"meetvensters": [measuring_window(one) for one in windows]})
        if form == "csv":
            return await answers.sheet(context, self.rows, self._batches(processing), meta, tag)
        rows = await self._read(part, processing)
        return answers.envelope(context, meta, rows, self._following(part) if more else None, tag)

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
        return part.start, self.requested.now.timestamp() // _TICK.total_seconds()

    async def _read(self, part: Span, processing: Processing) -> Sequence[Row]:
        stored = await self.found.reading.rows(self.requested.store, part.start, part.end)
        changed = self.requested.question.gewijzigd_sinds
        if changed is not None:
            stored = [row for row in stored if row.revised_at is not None and row.revised_at > changed]
        return [self.found.row(row, processing) for row in stored]

    async def _batches(self, processing: Processing) -> AsyncIterator[Sequence[Row]]:
        start, length = self.covered.start, self._length * _ROWS_AT_ONCE
        while start < self.covered.end:
            end = start + min(length, self.covered.end - start)
            yield await self._read(Span(start, end), processing)
            start = end

    @property
    def _length(self) -> timedelta:
        """The time after which, about, another row comes."""
        return row_length(self.covered, self.found.interval) / self.found.reading.per_bucket

    def _page(self) -> Span:
        context, question = self.requested.context, self.requested.question
        start, end = self.covered.start, self.covered.end
        if question.cursor:
            start = cursor.read(question.cursor, context.question(), context.settings.cursor_key)
        rows = min(question.pagina_grootte, max(0, -((start - end) // self._length)))
        return replace(self.covered, start=start, end=min(max(start, end), start + self._length * rows))

    def _following(self, part: Span) -> str:
        context = self.requested.context
        return context.following(cursor.write(part.end, context.question(), context.settings.cursor_key))
