"""From rows of the store to an answer: one page of JSON with its cursor, or the whole period as CSV."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from fastapi.responses import JSONResponse, Response, StreamingResponse

from opendata import sheets
from opendata.conditional import digest
from opendata.v1 import cursor
from opendata.v1.asking import Asking
from opendata.v1.models import Meta, Public
from opendata.v1.parameters import Paged

Keyed: TypeAlias = Callable[[str | None, int], Awaitable[Sequence[tuple[str, Public]]]]
"""Rows after a key, at most so many, each with its own key."""
_CSV: Final = "text/csv; charset=utf-8"
_ROWS_AT_ONCE: Final = 4_000


async def keyed(
    asking: Asking, question: Paged, *, kind: type[Public], fetch: Keyed, meta: Meta, tag: str | None = None
) -> Response:
    """Answer a list that is longer than a page, in the order of its keys: CSV streams all of it, JSON one page."""
    form = asking.form("json", "csv")
    if unchanged := tag and asking.unchanged(tag):
        return unchanged
    if form == "csv":
        return await sheet(asking, kind, _keyed_batches(fetch), meta, tag)
    after, size = place(asking, question), question.pagina_grootte
    found = await fetch(after, size + 1)
    following = asking.following(_sealed(asking, found[size - 1][0])) if len(found) > size else None
    return envelope(asking, meta, [row for _, row in found[:size]], following, tag)


def place(asking: Asking, question: Paged) -> str | None:
    """Give the key after which the page begins; none at the first one."""
    if not question.cursor:
        return None
    return cursor.unseal(question.cursor, asking.question(), asking.settings.cursor_key)


def listing(asking: Asking, kind: type[Public], rows: Sequence[Public], meta: Meta) -> Response:
    """Answer a whole list."""
    if asking.form("json", "csv") == "csv":
        content = sheets.write(sheets.columns(kind), [dumped(row) for row in rows], header=True)
        return tagged(asking, Response(content, media_type=_CSV, headers=_named(asking) | terms(meta)))
    return envelope(asking, meta, rows, None)


def envelope(
    asking: Asking, meta: Meta, rows: Sequence[Public], following: str | None, tag: str | None = None
) -> Response:
    """Put rows between what holds for all of them and where the next page is."""
    body = {"meta": dumped(meta), "gegevens": [dumped(row) for row in rows], "volgende": following}
    links = [f'<{following}>; rel="next"'] if following else []
    return tagged(asking, JSONResponse(body, headers=terms(meta, *links)), tag)


def one(asking: Asking, row: Public, meta: Meta) -> Response:
    """Answer one thing."""
    return tagged(asking, JSONResponse(dumped(row), headers=terms(meta)))


def tagged(asking: Asking, answer: Response, tag: str | None = None) -> Response:
    """Give an answer its tag, that of its content where it has no other; 304 when who asks has it already."""
    answer.headers["ETag"] = tag or asking.tag(answer.media_type, digest(answer.body))
    return asking.unchanged(answer.headers["ETag"]) or answer


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


def _sealed(asking: Asking, key: str) -> str:
    return cursor.seal(key, asking.question(), asking.settings.cursor_key)


async def _keyed_batches(fetch: Keyed) -> AsyncIterator[Sequence[Public]]:
    after: str | None = None
    while batch := await fetch(after, _ROWS_AT_ONCE):
        yield [row for _, row in batch]
        after = batch[-1][0]


async def sheet(
    asking: Asking, kind: type[Public], batches: AsyncIterator[Sequence[Public]], meta: Meta, tag: str | None
) -> Response:
    """Answer all batches as CSV, as they come."""
    first: Sequence[Public] = await anext(batches, [])  # an error of the store is an answer of its own, not half a file
    lines = sheets.stream(kind, _again(first, batches), _subject(meta))
    headers = _named(asking) | terms(meta) | ({"ETag": tag} if tag else {})
    return StreamingResponse(lines, media_type=_CSV, headers=headers)


def _subject(meta: Meta) -> dict[str, Any]:
    """Give what every line of a sheet says of all of them."""
    methods = [f"{one.telpunt} {one.vervoerwijze}: {one.methode}" for one in meta.methoden]
    return meta.onderwerp | ({"methoden": methods} if methods else {})


async def _again(first: Sequence[Public], rest: AsyncIterator[Sequence[Public]]) -> AsyncIterator[Sequence[Public]]:
    yield first
    async for batch in rest:
        yield batch


def _named(asking: Asking) -> dict[str, str]:
    name = "-".join(asking.request.url.path.strip("/").split("/")[1:])
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}
