"""`/nl/tellijnen/{id}`: the cycling share of one screenline, by every denominator counted there."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import progress, sources
from opendata.pages.blocks import headlines, shares
from opendata.pages.page_context import Context, Id
from opendata.read.states import AnswerSubject

router = APIRouter()
_DAYS = 30


@router.get("/nl/tellijnen/{tellijn}")
async def screenline(context: Context, tellijn: Id) -> HTMLResponse:
    """Draw the page of a screenline."""
    found = context.there(await read.screenlines.one(context.store, tellijn))
    about, moment = AnswerSubject("screenline", found.screenline), context.moment_of(found.owner)
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    values = await headlines.read(
        context.store, moment, AnswerSubject("screenline", found.screenline, ""), indicators=headlines.OF_SCREENLINE
    )
    return context.page(
        "tellijn.html",
        moment,
        of={found.owner, *(one.owner for one in found.named_sites)},
        tellijn=found,
        aandelen=await shares.of(context.reader, moment, found),
        tegenover=await shares.against(context.reader, moment, found),
        cijfers=values,
        voortgang_=reached,
        bronnen_=await sources.read(context.store, about),
    )
