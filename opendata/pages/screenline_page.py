"""`/nl/tellijnen/{id}`: the cycling share of one screenline, by every denominator counted there."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.pages import progress
from opendata.pages.blocks import headlines, shares
from opendata.pages.page_context import Context, Id
from opendata.v1 import terms
from opendata.v1.subject_progress import AnswerSubject

router = APIRouter()
_DAYS = 30


@router.get("/nl/tellijnen/{tellijn}")
async def screenline(context: Context, tellijn: Id) -> HTMLResponse:
    """Draw the page of a screenline."""
    row = await context.store.row("screenlines", screenline=tellijn)
    if row is None:
        raise HTTPException(404)
    found = await shares.read(context.store, context.moment, tellijn)
    values = await headlines.read(
        context.store, context.moment, "screenline", tellijn, facet="", indicators=headlines.OF_SCREENLINE
    )
    first = context.moment.today - timedelta(days=_DAYS)
    reached = await progress.read(context.store, context.moment, AnswerSubject("screenline", tellijn), first)
    against = await shares.against(context.store, context.moment, tellijn)
    return await context.page(
        "tellijn.html",
        tellijn=row,
        aandelen=found,
        tegenover=against,
        cijfers=values,
        voortgang_=reached,
        bronnen_=await terms.read(context.store, AnswerSubject("screenline", tellijn), None, None),
    )
