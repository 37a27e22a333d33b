"""Connections between districts, with the centre and with the region: by what links, how green, how much used."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import addresses
from opendata.pages.maps import map_places, map_view
from opendata.pages.page_context import Context
from opendata.read import typical_days
from opendata.read.connections import Connection
from opendata.read.typical_days import TypicalNetwork

router = APIRouter()
KINDS: Final = ("centre", "between", "region", "inside")
"""The kinds of connection, in the order of the page."""


@dataclass(frozen=True)
class UsedConnection:
    """One connection with what is usual on its links together."""

    connection: Connection
    network: TypicalNetwork


@addresses.get(router, "connections")
async def page(context: Context) -> HTMLResponse:
    """Draw the page of the connections."""
    contents = await map_places.read_all(context)
    found = [
        UsedConnection(one, typical_days.network(one.links, contents.usual_links))
        for one in await read.connections.every(context.store)
    ]
    await context.rests_on_days("site", "link", "screenline", first=contents.period.first)
    return context.page(
        "connections.html",
        map=map_view.view(contents, contents.of_kind("link")),
        groups=[(kind, [one for one in found if one.connection.kind == kind]) for kind in KINDS],
        contents=contents,
    )
