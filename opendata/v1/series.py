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
from opendata.v1 import answers, cursor, processed, terms
from opendata.v1.asking import Asking
from opendata.v1.intervals import WIDTHS, Interval, Span, closes
from opendata.v1.models import Meta, Row, Verwerking
from opendata.v1.parameters import Ranged
from opendata.v1.past import Then
from opendata.v1.processed import Subject

_ROWS_AT_ONCE: Final = 4_000
_TICK: Final = timedelta(minutes=5)
"""Every bucket begins and ends at a multiple of this."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Rows of a period: the range they cover, the named query that gives them, and what a row of it becomes.

    Beside the query there is one of its name with `_state`, which takes the same values. A row comes about every
    `length`; its `number` is what may be missing. `about` says whose hours it rests on.
    """

    about: Subject

    span: Span
    interval: Interval
    length: timedelta
    zone: ZoneInfo
    query: str
    number: str = "value"
    values: Mapping[str, Any]
    then: Then
    kind: type[Row]
    shape: Callable[[Stored], Row]
    meta: Meta
    judged: Callable[[Row, Stored, Processing, str], Row] = processed.judged


async def answer(asking: Asking, question: Ranged, series: Series) -> Response:
    """Answer a question about a period; 304 when who asks has that answer already."""
    form = asking.form("json", "csv")
    part = series.span if form == "csv" else _page(asking, question, series)
    state = await _state(asking, series, part)
    processing, told = await _processing(asking, series, part)
    tag = asking.tag(form, state, told, processing.waiting, part.end < series.span.end, *_moment(asking, series, part))
    if unchanged := asking.unchanged(tag):
        return unchanged
    found = await terms.read(asking.store, series.about, part.start, closes(part, series.interval, series.zone))
    meta = terms.under(series.meta.model_copy(update={"gegevensrevisie": state, "verwerking": told}), found)
    if form == "csv":
        return await answers.sheet(asking, series.kind, _batches(asking, question, series, processing), meta, tag)
    rows = await _read(asking, question, series, processing, part)
    following = _following(asking, part) if part.end < series.span.end else None
    return answers.envelope(asking, meta, rows, following, tag)


async def _state(asking: Asking, series: Series, part: Span) -> str:
    """Name the state of the numbers in a range, and of the registry."""
    found = await asking.store.row(f"{series.query}_state", start=part.start, end=part.end, **series.values)
    return digest(series.meta.gegevensrevisie, found and found["state"])


async def _processing(asking: Asking, series: Series, part: Span) -> tuple[Processing, Verwerking | None]:
    """Read how far the numbers of a range are processed, and say it; what stood at a moment is not judged by now."""
    if series.then.at is not None:
        return Processing(None, (), asking.now), None
    end = closes(part, series.interval, series.zone)
    start = part.start - WIDTHS[series.interval].looking_back
    found = await processed.read(asking.store, series.about, start, end, asking.now)
    return found, processed.meta(found, start, end)


def _moment(asking: Asking, series: Series, part: Span) -> tuple[object, ...]:
    """Tell apart what time makes of an answer: nothing where all rows are over, else which of them began and ended."""
    if closes(part, series.interval, series.zone) <= asking.now:
        return part.start, part.end
    return part.start, asking.now.timestamp() // _TICK.total_seconds()


async def _read(asking: Asking, question: Ranged, series: Series, processing: Processing, part: Span) -> Sequence[Row]:
    stored = await asking.store.rows(series.query, start=part.start, end=part.end, **series.values)
    known = map(series.then.row, stored)
    rows = [series.judged(series.shape(row), row, processing, series.number) for row in known]
    return [row for row in rows if _changed(row, question)]


async def _batches(
    asking: Asking, question: Ranged, series: Series, processing: Processing
) -> AsyncIterator[Sequence[Row]]:
    start, length = series.span.start, series.length * _ROWS_AT_ONCE
    while start < series.span.end:
        end = start + min(length, series.span.end - start)
        yield await _read(asking, question, series, processing, Span(start, end))
        start = end


def _page(asking: Asking, question: Ranged, series: Series) -> Span:
    start, end = series.span.start, series.span.end
    if question.cursor:
        start = cursor.read(question.cursor, asking.question(), asking.settings.cursor_key)
    rows = min(question.pagina_grootte, max(0, -((start - end) // series.length)))
    return Span(start, min(max(start, end), start + series.length * rows))


def _changed(row: Row, question: Ranged) -> bool:
    since = question.gewijzigd_sinds
    return since is None or (row.gewijzigd_tijd is not None and row.gewijzigd_tijd > since)


def _following(asking: Asking, part: Span) -> str:
    return asking.following(cursor.write(part.end, asking.question(), asking.settings.cursor_key))
