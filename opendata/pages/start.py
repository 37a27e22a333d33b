"""The start page: a typical working day of the host on a map, the shares, the long route, and the state of the data."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata.pages import addresses
from opendata.pages.blocks import feeds, today, usual
from opendata.pages.maps import map_places, map_view
from opendata.pages.page_context import Context

router = APIRouter()
_LIST: tuple[str, ...] = ("site", "link", "screenline", "district", "station")
"""In which order the list of the map has the kinds of place."""


@addresses.get(router, "start")
async def start(context: Context) -> HTMLResponse:
    """Draw the start page; before there is a registry it explains how to get data."""
    reader, moment, host = context.reader, context.moment, context.owners.host
    day = await today.read(reader, moment, host)
    if not day.sites:
        return context.page("empty.html")
    contents = await map_places.read_all(context)
    about = contents.of_owner(host.owner)
    return context.page(
        "start.html",
        today=day,
        usual=await usual.read(reader, host, contents),
        map=map_view.view(
            contents,
            sorted(about, key=lambda one: (_LIST.index(one.kind), -(one.number or 0), one.name)),
            [one for one in about if one.owner == host.owner and one.kind in {"link", "site"}],
        ),
        shares=[one for one in contents.shares.values() if one.line.owner == host.owner],
        usual_route=usual.longest_of(contents, host),
        other_routes=[one for one in contents.routes.values() if one.owner == host.owner],
        feeds=await feeds.read(reader.store, moment),
    )
