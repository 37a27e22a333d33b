"""How numbers are made (`/nl/over`), where to get them (`/nl/gegevens`), and for whom the site works."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.explained import catalogue
from opendata.pages.page_context import Context
from opendata.v1.models import zulu

router = APIRouter()
_WHAT = "van wat er geteld of gemeten is"


@router.get("/nl/over")
async def about(context: Context) -> HTMLResponse:
    """Say how each number is computed."""
    return context.page(
        "over.html",
        indicatoren=catalogue(),
        wat=_WHAT,
        gisteren=zulu(context.moment.start_of(context.moment.yesterday)),
    )


@router.get("/nl/gegevens")
async def data(context: Context) -> HTMLResponse:
    """Say where the data can be had."""
    store = context.store
    return context.page(
        "gegevens.html",
        telpunten=await read.sites.every(store),
        tellijnen=await read.screenlines.every(store),
        routes=await read.routes.every(store),
        meetstations=await read.stations.every(store),
    )


@router.get("/nl/toegankelijkheid")
async def accessibility(context: Context) -> HTMLResponse:
    """Give the draft of the accessibility statement."""
    return context.page("toegankelijkheid.html")
