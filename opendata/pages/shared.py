"""`/nl/tellijnen/{id}`: the cycling share of one screenline, by every denominator counted there."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.pages import progress
from opendata.pages.figures import headlines, shares
from opendata.pages.looking import Id, Looked
from opendata.v1 import terms
from opendata.v1.processed import Subject

router = APIRouter()
_DAYS = 30


@router.get("/nl/tellijnen/{tellijn}")
async def screenline(looked: Looked, tellijn: Id) -> HTMLResponse:
    """Draw the page of a screenline."""
    row = await looked.store.row("screenlines", screenline=tellijn)
    if row is None:
        raise HTTPException(404)
    found = await shares.read(looked.store, looked.moment, tellijn)
    figures = await headlines.read(
        looked.store, looked.moment, "screenline", tellijn, facet="", indicators=headlines.OF_SCREENLINE
    )
    first = looked.moment.today - timedelta(days=_DAYS)
    reached = await progress.read(looked.store, looked.moment, Subject("screenline", tellijn), first)
    against = await shares.against(looked.store, looked.moment, tellijn)
    return await looked.page(
        "tellijn.html",
        tellijn=row,
        aandelen=found,
        tegenover=against,
        cijfers=figures,
        voortgang_=reached,
        bronnen_=await terms.read(looked.store, Subject("screenline", tellijn), None, None),
    )
