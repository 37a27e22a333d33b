"""`/nl/`: the city today, this year, its share, its route, its air, and how sure we are."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata.pages import render
from opendata.pages.blocks import air, feeds, ladders, shares, today, years
from opendata.pages.page_context import Context

router = APIRouter()


@router.get("/nl/")
async def start(context: Context) -> HTMLResponse:
    """Draw the start page; before there is a registry it explains how to get data."""
    store, moment = context.store, context.moment
    place = await render.place(store)
    day = await today.read(store, moment, place["municipality"])
    if not day.sites:
        return await context.page("leeg.html")
    return await context.page(
        "start.html",
        vandaag=day,
        uren=await today.hours(store, moment, day.progress),
        jaar=await years.read(store, moment, place["municipality"]),
        aandelen=await shares.read(store, moment),
        routes=await ladders.read(store, moment),
        lucht=await air.read(store, moment),
        sensoren=await feeds.read(store, moment),
    )
