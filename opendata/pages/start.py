"""`/nl/`: the city today, this year, its share, its route, its air, and how sure we are."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata.pages import figures
from opendata.pages.looking import Looked

router = APIRouter()


@router.get("/nl/")
async def start(looked: Looked) -> HTMLResponse:
    """Draw the start page; before there is a registry it explains how to get data."""
    store, moment = looked.store, looked.moment
    today = await figures.today(store, moment)
    if not today.sites:
        return await looked.page("leeg.html")
    return await looked.page(
        "start.html",
        vandaag=today,
        jaar=await figures.year(store, moment),
        aandelen=await figures.shares(store, moment),
        routes=await figures.ladders(store, moment),
        lucht=await figures.air(store, moment),
        sensoren=await figures.feeds(store, moment),
    )
