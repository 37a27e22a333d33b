"""From rows of the store to an answer: one page of JSON with its cursor, or the whole period as CSV."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import quote

from fastapi.responses import JSONResponse, Response, StreamingResponse

from opendata import csv_rows
from opendata.conditional import digest
from opendata.v1 import cursor
from opendata.v1.models import Meta, Public
from opendata.v1.parameters import Paged
from opendata.v1.request_context import RequestContext
from opendata.v1.row_lines import CsvForm, JsonForm, LineForm

Keyed: TypeAlias = Callable[[str | None, int], Awaitable[Sequence[tuple[str, Public]]]]
"""Rows after a key, at most so many, each with its own key."""
P = TypeVar("P", bound=Public)
T = TypeVar("T")
_CSV: Final = "text/csv; charset=utf-8"
_ROWS_AT_ONCE: Final = 4_000


async def keyed(
    context: RequestContext, question: Paged, *, kind: type[Public], fetch: Keyed, meta: Meta, tag: str | None = None
) -> Response:
    """Answer a list that is longer than a page, in the order of its keys: CSV streams all of it, JSON one page."""
    form = context.form("json", "csv")
    if unchanged := tag and context.unchanged(tag):
        return unchanged
    if form == "csv":
        return await sheet(context, kind, _keyed_batches(fetch), meta, tag)
    after, size = place(context, question), question.pagina_grootte
    found = await fetch(after, size + 1)
    following = context.following(sealed(context, found[size - 1][0])) if len(found) > size else None
    return envelope(context, meta, [row for _, row in found[:size]], following, tag)


def place(context: RequestContext, question: Paged) -> str | None:
    """Give the key after which the page begins; none at the first one."""
    if not question.cursor:
        return None
    return cursor.unseal(question.cursor, context.question(), context.settings.cursor_key)


def listing(context: RequestContext, kind: type[Public], rows: Sequence[Public], meta: Meta) -> Response:
    """Answer a whole list."""
    rows = ordered(context, rows)
    if context.form("json", "csv") == "csv":
        names = csv_rows.columns(kind, context.fields())
        content = csv_rows.write(names, [dumped(row) for row in rows], header=True)
        return tagged(context, Response(content, media_type=_CSV, headers=_named(context) | terms(meta)))
    return envelope(context, meta, rows, None)


def envelope(
    context: RequestContext, meta: Meta, rows: Sequence[Public], following: str | None, tag: str | None = None
) -> Response:
    """Put rows between what holds for all of them and where the next page is."""
    body = {"meta": dumped(meta), "gegevens": [chosen(context, row) for row in rows], "volgende": following}
    links = [f'<{following}>; rel="next"'] if following else []
    return tagged(context, JSONResponse(body, headers=terms(meta, *links)), tag)


def lines(context: RequestContext, form: str, kind: type[Public], meta: Meta) -> LineForm:
    """Give how rows are written that are not shaped one by one."""
    if form == "csv":
        return CsvForm(_columns(context, kind, meta), _subject(meta))
    return JsonForm(context.fields())


def envelope_of_lines(context: RequestContext, meta: Meta, rows: str, following: str | None, tag: str) -> Response:
    """Put rows that are written already between what holds for all of them and where the next page is."""
    links = [f'<{following}>; rel="next"'] if following else []
    body = f'{{"meta":{_json(dumped(meta))},"gegevens":[{rows}],"volgende":{_json(following)}}}'
    return tagged(context, Response(body, media_type="application/json", headers=terms(meta, *links)), tag)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def one(context: RequestContext, row: Public, meta: Meta) -> Response:
    """Answer one thing."""
    return tagged(context, JSONResponse(chosen(context, row), headers=terms(meta)))


def tagged(context: RequestContext, answer: Response, tag: str | None = None) -> Response:
    """Give an answer its tag, that of its content where it has no other; 304 when who asks has it already."""
    answer.headers["ETag"] = tag or context.tag(answer.media_type, digest(answer.body))
    return context.unchanged(answer.headers["ETag"]) or answer


def spoken(answer: Response, locale: str) -> Response:
    """Say in which language an answer is that is there in each, and that it follows from what the reader prefers."""
    answer.headers["Content-Language"] = locale
    answer.headers.add_vary_header("Accept-Language")
    return answer


def terms(meta: Meta, *links: str) -> dict[str, str]:
    """Name the licence and the sources beside an answer of any form, as links (RFC 8288)."""
    sources = [
        f"<{meta.definitie}>; rel=\"describedby\"; title*=UTF-8''{quote(one, '')}" for one in meta.bronvermelding
    ]
    licences = dict.fromkeys([one.licentie_adres for one in meta.bronnen] or filter(None, [meta.licentie]))
    return {"Link": ", ".join((*(f'<{one}>; rel="license"' for one in licences), *sources, *links))}


def dumped(row: Public) -> dict[str, Any]:
    """Turn a shape into what JSON can hold."""
    return row.model_dump(mode="json", by_alias=True)


def chosen(context: RequestContext, row: Public) -> dict[str, Any]:
    """Turn a row into what JSON can hold: all of its fields, or those that are asked for, in that order."""
    whole, fields = dumped(row), context.fields()
    return whole if fields is None else {name: whole[name] for name in fields}


def ordered(context: RequestContext, rows: Sequence[P]) -> list[P]:
    """Give rows in the order that is asked for, what is empty behind the rest; else as they are."""
    found = list(rows)
    for name in reversed(context.order()):
        field = name.removeprefix("-")
        found.sort(key=lambda row, field=field: _rank(row, field), reverse=name.startswith("-"))  # type: ignore[misc] # a default of its own
        found.sort(key=lambda row, field=field: _value(row, field) is None)  # type: ignore[misc] # likewise
    return found


def _rank(row: Public, field: str) -> Any:  # noqa: ANN401 - what rows are sorted by has an order of its own
    value = _value(row, field)
    return (value is not None, value.casefold() if isinstance(value, str) else value or 0)


def _value(row: Public, field: str) -> Any:  # noqa: ANN401 - a field holds anything
    return next(getattr(row, name) for name, known in type(row).model_fields.items() if (known.alias or name) == field)


def sealed(context: RequestContext, key: str) -> str:
    """Sign the key after which the next page of this question begins."""
    return cursor.seal(key, context.question(), context.settings.cursor_key)


async def _keyed_batches(fetch: Keyed) -> AsyncIterator[Sequence[Public]]:
    after: str | None = None
    while batch := await fetch(after, _ROWS_AT_ONCE):
        yield [row for _, row in batch]
        after = batch[-1][0]


async def sheet(
    context: RequestContext, kind: type[Public], batches: AsyncIterator[Sequence[Public]], meta: Meta, tag: str | None
) -> Response:
    """Answer all batches as CSV, as they come."""
    first: Sequence[Public] = await anext(batches, [])  # an error of the store is an answer of its own, not half a file
    return _streamed(
        context, csv_rows.stream(kind, _again(first, batches), _subject(meta), context.fields()), meta, tag
    )


async def sheet_of_lines(
    context: RequestContext, kind: type[Public], texts: AsyncIterator[str], meta: Meta, tag: str
) -> Response:
    """Answer lines of CSV as they come."""
    first = await anext(texts, "")  # an error of the store is an answer of its own, not half a file
    header = csv_rows.write(_columns(context, kind, meta), (), header=True)
    return _streamed(context, _again(header + first, texts), meta, tag)


def _streamed(context: RequestContext, lines: AsyncIterator[str], meta: Meta, tag: str | None) -> Response:
    headers = _named(context) | terms(meta) | ({"ETag": tag} if tag else {})
    return StreamingResponse(lines, media_type=_CSV, headers=headers)


def _columns(context: RequestContext, kind: type[Public], meta: Meta) -> Sequence[str]:
    return [*_subject(meta), *csv_rows.columns(kind, context.fields())]


def _subject(meta: Meta) -> dict[str, Any]:
    """Give what every line of a sheet says of all of them."""
    methods = [f"{one.telpunt} {one.vervoerwijze}: {one.methode}" for one in meta.methoden]
    windows = [one.code for one in meta.meetvensters]
    said = {"methoden": methods, "meetvensters": windows}
    return meta.onderwerp | {name: each for name, each in said.items() if each}


async def _again(first: T, rest: AsyncIterator[T]) -> AsyncIterator[T]:
    """Put what was read already before the rest."""
    yield first
    async for part in rest:
        yield part


def _named(context: RequestContext) -> dict[str, str]:
    name = "-".join(context.request.url.path.strip("/").split("/")[1:])
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}
