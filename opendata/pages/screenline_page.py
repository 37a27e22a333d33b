"""The page of one screenline: its cycling share by every denominator counted there."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from opendata import read
from opendata.pages import addresses, progress, sources
from opendata.pages.blocks import headlines, methods, shares
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import explorer_words, read_block
from opendata.pages.maps import map_places, map_view
from opendata.pages.page_context import Context, Id
from opendata.read.states import AnswerSubject

router = APIRouter()
_DAYS = 30


@addresses.get(router, "screenline")
async def page(context: Context, screenline: Id) -> Response:
    """Draw the page of a screenline."""
    found = context.there(await read.screenlines.one(context.store, screenline))
    about, moment = AnswerSubject("screenline", found.screenline), context.moment_of(found.owner)
    explorer = await read_block(context, moment, subjects.of_screenline(found))
    if explorer and explorer.answer:
        return explorer.answer
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    whole, language = AnswerSubject("screenline", found.screenline, ""), context.language
    values = await headlines.read(context.store, moment, whole, language, indicators=headlines.OF_SCREENLINE)
    contents = await map_places.read_all(context)
    places = [
        *contents.keyed("screenline", [found.screenline]),
        *contents.keyed("site", [one.site for one in found.named_sites]),
    ]
    return context.page(
        "screenline.html",
        moment,
        of={found.owner, *(one.owner for one in found.named_sites)},
        **explorer_words(explorer),
        screenline=found,
        shares=await shares.of(context.reader, moment, found, language),
        against=await shares.against(context.reader, moment, found),
        methods=await methods.read(context.reader, moment, found, language),
        headlines=values,
        map=map_view.view(contents, places),
        period=contents.period,
        progress=reached,
        sources=await sources.read(context.store, about, language),
    )
