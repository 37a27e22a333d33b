"""How numbers are made (`/nl/over`), where to get them (`/nl/gegevens`), and for whom the site works."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata.explained import catalogue
from opendata.pages.looking import Looked
from opendata.v1.models import zulu

router = APIRouter()
_WHAT = "van wat er geteld of gemeten is"


@router.get("/nl/over")
async def about(looked: Looked) -> HTMLResponse:
    """Say how each number is computed."""
    return await looked.page(
        "over.html",
        indicatoren=catalogue(),
        wat=_WHAT,
        gisteren=zulu(looked.moment.start_of(looked.moment.yesterday)),
    )


@router.get("/nl/gegevens")
async def data(looked: Looked) -> HTMLResponse:
    """Say where the data can be had."""
    store = looked.store
    return await looked.page(
        "gegevens.html",
        telpunten=await store.rows("sites", site=None),
        tellijnen=await store.rows("screenlines", screenline=None),
        routes=await store.rows("routes", route=None),
        meetstations=await store.rows("stations", station=None),
    )


@router.get("/nl/toegankelijkheid")
async def accessibility(looked: Looked) -> HTMLResponse:
    """Give the draft of the accessibility statement."""
    return await looked.page("toegankelijkheid.html")
