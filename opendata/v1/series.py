"""Answers about a period: every bucket a row, a page of them as JSON or all as CSV, and a tag of what they rest on."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from opendata.conditional import digest
from opendata.database import Row as Stored
from opendata.processing import Processing
from opendata.v1 import answers, cursor, subject_progress, terms
from opendata.v1.as_of import AsOf
from opendata.v1.intervals import WIDTHS, Interval, Span, closes
from opendata.v1.models import Meta, Row, Verwerking
from opendata.v1.parameters import Ranged
from opendata.v1.request_context import RequestContext
from opendata.v1.subject_progress import AnswerSubject

_ROWS_AT_ONCE: Final = 4_000
_TICK: Final = timedelta(minutes=5)
"""Every bucket begins and ends at a multiple of this."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Rows of a period: the range they cover, the named query that gives them, and what a row of it becomes.

    Beside the query there is one of its name with `_state`, which takes the same values. A row comes about every
    `length`; its `number` is what may be missing. `about` says whose hours it rests on.
    """

    about: AnswerSubject

    span: Span
    interval: Interval
    length: timedelta
    zone: ZoneInfo
    query: str
    number: str = "value"
    values: Mapping[str, Any]
    reference: AsOf
    kind: type[Row]
    shape: Callable[[Stored], Row]
    meta: Meta
    checked: Callable[[Row, Stored, Processing, str], Row] = subject_progress.with_processing


async def answer(context: RequestContext, question: Ranged, series: Series) -> Response:
    """Answer a question about a period; 304 when who asks has that answer already."""
    form = context.form("json", "csv")
    part = series.span if form == "csv" else _page(context, question, series)
    state = await _state(context, series, part)
    processing, progress = await _processing(context, series, part)
    tag = context.tag(
        form, state, progress, processing.waiting, part.end < series.span.end, *_moment(context, series, part)
    )
    if unchanged := context.unchanged(tag):
        return unchanged
    found = await terms.read(context.store, series.about, part.start, closes(part, series.interval, series.zone))
    meta = terms.under(series.meta.model_copy(update={"gegevensrevisie": state, "verwerking": progress}), found)
    if form == "csv":
        return await answers.sheet(context, series.kind, _batches(context, question, series, processing), meta, tag)
    rows = await _read(context, question, series, processing, part)
    following = _following(context, part) if part.end < series.span.end else None
    return answers.envelope(context, meta, rows, following, tag)


async def _state(context: RequestContext, series: Series, part: Span) -> str:
    """Name the state of the numbers in a range, and of the registry."""
    found = await context.store.row(f"{series.query}_state", start=part.start, end=part.end, **series.values)
    return digest(series.meta.gegevensrevisie, found and found["state"])


async def _processing(context: RequestContext, series: Series, part: Span) -> tuple[Processing, Verwerking | None]:
    """Read how far the numbers of a range are processed, and say it; what stood at a moment is not judged by now."""
    if series.reference.at is not None:
        return Processing(None, (), context.now), None
    end = closes(part, series.interval, series.zone)
    start = part.start - WIDTHS[series.interval].looking_back
    found = await subject_progress.read(context.store, series.about, start, end, context.now)
    return found, subject_progress.meta(found, start, end)


def _moment(context: RequestContext, series: Series, part: Span) -> tuple[object, ...]:
    """Tell apart what time makes of an answer: nothing where all rows are over, else which of them began and ended."""
    if closes(part, series.interval, series.zone) <= context.now:
        return part.start, part.end
    return part.start, context.now.timestamp() // _TICK.total_seconds()


async def _read(
    context: RequestContext, question: Ranged, series: Series, processing: Processing, part: Span
) -> Sequence[Row]:
    stored = await context.store.rows(series.query, start=part.start, end=part.end, **series.values)
    known = map(series.reference.row, stored)
    rows = [series.checked(series.shape(row), row, processing, series.number) for row in known]
    return [row for row in rows if _changed(row, question)]


async def _batches(
    context: RequestContext, question: Ranged, series: Series, processing: Processing
) -> AsyncIterator[Sequence[Row]]:
    start, length = series.span.start, series.length * _ROWS_AT_ONCE
    while start < series.span.end:
        end = start + min(length, series.span.end - start)
        yield await _read(context, question, series, processing, Span(start, end))
        start = end


def _page(context: RequestContext, question: Ranged, series: Series) -> Span:
    start, end = series.span.start, series.span.end
    if question.cursor:
        start = cursor.read(question.cursor, context.question(), context.settings.cursor_key)
    rows = min(question.pagina_grootte, max(0, -((start - end) // series.length)))
    return Span(start, min(max(start, end), start + series.length * rows))


def _changed(row: Row, question: Ranged) -> bool:
    since = question.gewijzigd_sinds
    return since is None or (row.gewijzigd_tijd is not None and row.gewijzigd_tijd > since)


def _following(context: RequestContext, part: Span) -> str:
    return context.following(cursor.write(part.end, context.question(), context.settings.cursor_key))
