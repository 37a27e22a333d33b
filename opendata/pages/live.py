"""The moving part of pages, once or as a stream: today as a whole, or as the one line of the start page."""

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from locales import LOCALES
from opendata.pages import addresses, render
from opendata.pages.blocks import feeds, today
from opendata.pages.language import language, of_request
from opendata.pages.moments import Moment

router = APIRouter()
MovingPart: TypeAlias = Literal["day", "line"]
_PARTS: Final[Mapping[MovingPart, str]] = MappingProxyType({"day": "_today.html", "line": "_today_line.html"})


@addresses.get(router, "live")
async def now(request: Request, part: MovingPart = "day") -> Response:
    """Draw the moving part once, for pages without a stream: the whole day, or a line of it."""
    locale, drawn = of_request(request).locale, await _draw(request)
    return HTMLResponse(drawn[f"{part} {locale}"], headers={"Content-Language": locale, "Cache-Control": "no-store"})


def _place_free(request: Request) -> None:
    if request.app.state.change_feed.full:
        raise HTTPException(503, headers={"Retry-After": "60"})


@addresses.get(router, "stream", response_class=EventSourceResponse, dependencies=[Depends(_place_free)])
async def stream(
    request: Request, last_event_id: Annotated[str | None, Header()] = None, part: MovingPart = "day"
) -> AsyncIterator[ServerSentEvent]:
    """Send the moving part each time a number moves."""
    locale = of_request(request).locale
    async for fragment in request.app.state.change_feed.listen(lambda: _draw(request), last_event_id):
        if fragment is None:
            yield ServerSentEvent(comment="still here")
        else:
            yield ServerSentEvent(raw_data=fragment.html[f"{part} {locale}"], id=fragment.revision)


async def _draw(request: Request) -> Mapping[str, str]:
    """Read once, and draw each part of what was read in every language: all of them show the same moment."""
    async with request.app.state.readers.reader() as reader:
        host = await reader.host()
        moment = Moment(reader.now, host.zone)
        day = await today.read(reader, moment, host)
        sensors = await feeds.read(reader.store, moment)
    words = {"today": day, "moment": moment, "feeds": sensors}
    return {
        f"{part} {locale}": render.fragment(template, language(locale), **words)
        for locale in LOCALES
        for part, template in _PARTS.items()
    }
