"""The page of one link: what makes it green, safe and fast, how it is used, and by whom that is counted."""

from fastapi import APIRouter
from fastapi.responses import Response

from opendata import read
from opendata.pages import addresses, sources
from opendata.pages.blocks import headlines
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import explorer_words, read_block
from opendata.pages.maps import map_places, map_view
from opendata.pages.page_context import Context, Id
from opendata.read.states import AnswerSubject

router = APIRouter()


@addresses.get(router, "link")
async def page(context: Context, link: Id) -> Response:
    """Draw the page of a link."""
    found = context.there(await read.links.one(context.store, link))
    moment, about = context.moment_of(found.owner), AnswerSubject("link", found.link)
    explorer = await read_block(context, moment, subjects.of_link(found))
    if explorer and explorer.answer:
        return explorer.answer
    contents = await map_places.read_all(context)
    whole = AnswerSubject("link", found.link, "")
    (place,) = contents.keyed("link", [found.link])
    counter = contents.sites.get(found.site or "")
    assumed = contents.links.get(found.assumed_from or "")
    districts = [one for one in contents.districts.values() if found.link in one.links]
    return context.page(
        "link.html",
        moment,
        of={found.owner, *([counter.owner] if counter else [])},
        **explorer_words(explorer),
        link=found,
        place=place,
        counter=counter,
        assumed=assumed,
        districts=districts,
        routes=[one for one in contents.routes.values() if any(of.link == found.link for of in one.links)],
        map=map_view.view(contents, [place, *contents.keyed("site", [found.site] if found.site else [])]),
        headlines=await headlines.read(context.store, moment, whole, context.language, indicators=headlines.OF_LINK),
        period=contents.period,
        sources=await sources.read(context.store, about, context.language),
    )
