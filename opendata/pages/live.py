"""`/nl/live/vandaag`: the moving part of the start page, once or as a stream."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from opendata.pages import render
from opendata.pages.blocks import feeds, today
from opendata.pages.moments import Moment

router = APIRouter()


@router.get("/nl/live/vandaag")
async def now(request: Request) -> Response:
    """Draw the moving part once, for pages without a stream."""
    html = await _draw(request)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _place_free(request: Request) -> None:
    if request.app.state.change_feed.full:
        raise HTTPException(503, headers={"Retry-After": "60"})


@router.get("/nl/live/vandaag/stroom", response_class=EventSourceResponse, dependencies=[Depends(_place_free)])
async def stream(
    request: Request, last_event_id: Annotated[str | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Send the moving part each time a number moves."""
    async for fragment in request.app.state.change_feed.listen(lambda: _draw(request), last_event_id):
        if fragment is None:
            yield ServerSentEvent(comment="nog steeds")
        else:
            yield ServerSentEvent(raw_data=fragment.html, id=fragment.revision)


async def _draw(request: Request) -> str:
    async with request.app.state.readers.reader() as reader:
        host = await reader.host()
        moment = Moment(reader.now, host.zone)
        day = await today.read(reader, moment, host)
        sensors = await feeds.read(reader.store, moment)
    return render.fragment("_vandaag.html", vandaag=day, moment=moment, sensoren=sensors)
