"""From rows of the store to an answer: one page of JSON with its cursor, or the whole period as CSV."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

from fastapi.responses import JSONResponse, Response, StreamingResponse

from opendata import sheets
from opendata.v1 import cursor
from opendata.v1.asking import Asking
from opendata.v1.intervals import Span
from opendata.v1.models import Meta, Public, Row
from opendata.v1.parameters import Paged, Ranged

Fetch: TypeAlias = Callable[[Span], Awaitable[Sequence[Row]]]
Keyed: TypeAlias = Callable[[str | None, int], Awaitable[Sequence[tuple[str, Public]]]]
"""Rows after a key, at most so many, each with its own key."""
_CSV: Final = "text/csv; charset=utf-8"
_ROWS_AT_ONCE: Final = 4_000


async def series(
    asking: Asking,
    question: Ranged,
    span: Span,
    *,
    length: timedelta,
    kind: type[Row],
    fetch: Fetch,
    meta: Meta,
) -> Response:
    """Answer a series of rows of about one `length`: CSV streams all of it, JSON one page."""

    async def changed(part: Span) -> Sequence[Row]:
        return [row for row in await fetch(part) if _changed(row, question)]

    if asking.form("json", "csv") == "csv":
        batches = _batches(span, length * _ROWS_AT_ONCE, changed)
        return await _sheet(kind, batches, meta, asking.request.url.path)
    page = _page(asking, question, span, length)
    rows = await changed(page)
    following = _following(asking, page.end) if page.end < span.end else None
    return envelope(meta, rows, following)


async def keyed(asking: Asking, question: Paged, *, kind: type[Public], fetch: Keyed, meta: Meta) -> Response:
    """Answer a list that is longer than a page, in the order of its keys: CSV streams all of it, JSON one page."""
    if asking.form("json", "csv") == "csv":
        return await _sheet(kind, _keyed_batches(fetch), meta, asking.request.url.path)
    after, size = place(asking, question), question.pagina_grootte
    found = await fetch(after, size + 1)
    following = _link(asking, _sealed(asking, found[size - 1][0])) if len(found) > size else None
    return envelope(meta, [row for _, row in found[:size]], following)


def place(asking: Asking, question: Paged) -> str | None:
    """Give the key after which the page begins; none at the first one."""
    if not question.cursor:
        return None
    return cursor.unseal(question.cursor, asking.question(), asking.settings.cursor_key)


def listing(asking: Asking, kind: type[Public], rows: Sequence[Public], meta: Meta) -> Response:
    """Answer a whole list."""
    if asking.form("json", "csv") == "csv":
        content = sheets.write(sheets.columns(kind), [dumped(row) for row in rows], header=True)
        return Response(content, media_type=_CSV, headers=_named(asking.request.url.path) | terms(meta))
    return envelope(meta, rows, None)


def envelope(meta: Meta, rows: Sequence[Public], following: str | None) -> JSONResponse:
    """Put rows between what holds for all of them and where the next page is."""
    body = {"meta": dumped(meta), "gegevens": [dumped(row) for row in rows], "volgende": following}
    return JSONResponse(body, headers=terms(meta, *([f'<{following}>; rel="next"'] if following else [])))


def one(row: Public, meta: Meta) -> JSONResponse:
    """Answer one thing."""
    return JSONResponse(dumped(row), headers=terms(meta))


def terms(meta: Meta, *links: str) -> dict[str, str]:
    """Name the licence and the sources beside an answer of any form, as links (RFC 8288)."""
    sources = [
        f"<{meta.definitie}>; rel=\"describedby\"; title*=UTF-8''{quote(one, '')}" for one in meta.bronvermelding
    ]
    return {"Link": ", ".join((f'<{meta.licentie}>; rel="license"', *sources, *links))}


def dumped(row: Public) -> dict[str, Any]:
    """Turn a shape into what JSON can hold."""
    return row.model_dump(mode="json", by_alias=True)


def _page(asking: Asking, question: Ranged, span: Span, length: timedelta) -> Span:
    start = span.start
    if question.cursor:
        start = cursor.read(question.cursor, asking.question(), asking.settings.cursor_key)
    rows = min(question.pagina_grootte, max(0, -((start - span.end) // length)))
    return Span(start, min(max(start, span.end), start + length * rows))


def _changed(row: Row, question: Ranged) -> bool:
    since = question.gewijzigd_sinds
    return since is None or (row.gewijzigd_tijd is not None and row.gewijzigd_tijd > since)


def _following(asking: Asking, start: datetime) -> str:
    return _link(asking, cursor.write(start, asking.question(), asking.settings.cursor_key))


def _sealed(asking: Asking, key: str) -> str:
    return cursor.seal(key, asking.question(), asking.settings.cursor_key)


def _link(asking: Asking, token: str) -> str:
    kept = {**dict(asking.request.query_params.items()), "cursor": token}
    return f"{asking.settings.public_url}{asking.request.url.path}?{urlencode(kept)}"


async def _batches(span: Span, length: timedelta, fetch: Fetch) -> AsyncIterator[Sequence[Row]]:
    start = span.start
    while start < span.end:
        end = start + min(length, span.end - start)
        yield await fetch(Span(start, end))
        start = end


async def _keyed_batches(fetch: Keyed) -> AsyncIterator[Sequence[Public]]:
    after: str | None = None
    while batch := await fetch(after, _ROWS_AT_ONCE):
        yield [row for _, row in batch]
        after = batch[-1][0]


async def _sheet(kind: type[Public], batches: AsyncIterator[Sequence[Public]], meta: Meta, path: str) -> Response:
    first: Sequence[Public] = await anext(batches, [])  # an error of the store is an answer of its own, not half a file
    lines = sheets.stream(kind, _again(first, batches), _subject(meta))
    return StreamingResponse(lines, media_type=_CSV, headers=_named(path) | terms(meta))


def _subject(meta: Meta) -> dict[str, Any]:
    """Give what every line of a sheet says of all of them."""
    methods = [f"{one.telpunt} {one.vervoerwijze}: {one.methode}" for one in meta.methoden]
    return meta.onderwerp | ({"methoden": methods} if methods else {})


async def _again(first: Sequence[Public], rest: AsyncIterator[Sequence[Public]]) -> AsyncIterator[Sequence[Public]]:
    yield first
    async for batch in rest:
        yield batch


def _named(path: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{"-".join(path.strip("/").split("/")[1:])}.csv"'}
