"""How numbers are made (`/nl/over`), where to get them (`/nl/gegevens`), and for whom the site works."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata.explained import catalogue
from opendata.pages.page_context import Context
from opendata.v1.models import zulu

router = APIRouter()
_WHAT = "van wat er geteld of gemeten is"


@router.get("/nl/over")
async def about(context: Context) -> HTMLResponse:
    """Say how each number is computed."""
    return await context.page(
        "over.html",
        indicatoren=catalogue(),
        wat=_WHAT,
        gisteren=zulu(context.moment.start_of(context.moment.yesterday)),
    )


@router.get("/nl/gegevens")
async def data(context: Context) -> HTMLResponse:
    """Say where the data can be had."""
    store = context.store
    return await context.page(
        "gegevens.html",
        telpunten=await store.rows("sites", site=None),
        tellijnen=await store.rows("screenlines", screenline=None),
        routes=await store.rows("routes", route=None),
        meetstations=await store.rows("stations", station=None),
    )


@router.get("/nl/toegankelijkheid")
async def accessibility(context: Context) -> HTMLResponse:
    """Give the draft of the accessibility statement."""
    return await context.page("toegankelijkheid.html")
