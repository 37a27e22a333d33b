"""`/nl/`: what the host counts today and this year, the shares, routes and air of all owners, and the feeds."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages.blocks import air, feeds, ladders, shares, today, years
from opendata.pages.page_context import Context

router = APIRouter()
_SHOWN = 3
"""How many sites of each other owner are named."""


@router.get("/nl/")
async def start(context: Context) -> HTMLResponse:
    """Draw the start page; before there is a registry it explains how to get data."""
    reader, moment, host = context.reader, context.moment, context.owners.host
    day = await today.read(reader, moment, host)
    if not day.sites:
        return context.page("leeg.html")
    return context.page(
        "start.html",
        vandaag=day,
        elders=await read.sites.of_others(reader.store, host.owner, _SHOWN),
        uren=await today.hours(reader.store, host, moment, day.progress),
        jaar=await years.read(reader, moment, host),
        aandelen=await shares.read(reader, context.moment_of),
        routes=await ladders.read(reader, context.moment_of),
        lucht=await air.read(reader, context.moment_of),
        sensoren=await feeds.read(reader.store, moment),
    )
