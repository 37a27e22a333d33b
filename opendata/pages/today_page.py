"""Today and this year at all sites of the host, hour by hour and month by month, and how the sensors are doing."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import addresses
from opendata.pages.blocks import feeds, today, years
from opendata.pages.page_context import Context

router = APIRouter()
_SHOWN = 3
"""How many sites of each other owner are named."""


@addresses.get(router, "today")
async def page(context: Context) -> HTMLResponse:
    """Draw the page of today."""
    reader, moment, host, language = context.reader, context.moment, context.owners.host, context.language
    day = await today.read(reader, moment, host)
    return context.page(
        "today.html",
        today=day,
        elsewhere=await read.sites.of_others(reader.store, host.owner, _SHOWN),
        hours=await today.hours(reader.store, host, moment, day.progress, language),
        year=await years.read(reader, moment, host, language),
        feeds=await feeds.read(reader.store, moment),
    )
