"""The page of one district: the use of its links, its sites, its air and its sensors, beside the whole city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from opendata import read
from opendata.pages import addresses
from opendata.pages.blocks import air, headlines
from opendata.pages.blocks.air import StationAir
from opendata.pages.blocks.headlines import Headline
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import explorer_words, read_block
from opendata.pages.maps import map_places, map_view
from opendata.pages.maps.map_places import MapContents
from opendata.pages.moments import Moment
from opendata.pages.page_context import Context, DistrictId, PageContext
from opendata.read import typical_days
from opendata.read.districts import PublishedDistrict
from opendata.read.feeds import FeedOutage, OutageQuestion
from opendata.read.states import AnswerSubject
from opendata.vocabulary import STORING

router = APIRouter()
_QUANTITIES = ("pm25", "no2")
_OUTAGES = 200
"""How many open outages are looked through at most."""


@dataclass(frozen=True)
class DistrictAir:
    """The air of a district by its newest indicators of one quantity."""

    quantity: str
    headlines: Sequence[Headline]


@addresses.get(router, "district")
async def page(context: Context, district: DistrictId) -> Response:
    """Draw the page of a district."""
    every = await read.districts.every(context.store)
    found = context.there(next((one for one in every if one.district.lower() == district.lower()), None))
    moment = context.moment_of(found.owner)
    explorer = await read_block(context, moment, subjects.of_district(found))
    if explorer and explorer.answer:
        return explorer.answer
    contents = await map_places.read_all(context)
    links, sites, stations = (
        contents.keyed("link", found.links),
        contents.keyed("site", found.sites),
        contents.keyed("station", found.stations),
    )
    own = contents.keyed("district", [found.district])
    context.rests_on_what_nobody_tells()
    return context.page(
        "district.html",
        moment,
        of={found.owner, *(one.owner for one in (*links, *sites, *stations))},
        **explorer_words(explorer),
        district=found,
        links=[(one, contents.links[one.id]) for one in links],
        sites=sites,
        network=typical_days.network((contents.links[one.id] for one in links), contents.usual_links),
        city=typical_days.network(
            (one for one in contents.links.values() if one.owner == found.owner), contents.usual_links
        ),
        city_name=context.owners.by_id(found.owner).name,
        map=map_view.view(contents, [*own, *links, *sites, *stations]),
        air=await _air(context, moment, found),
        stations=await _stations(context, contents, found),
        outages=await _outages(context, moment, found),
        period=contents.period,
    )


async def _air(context: PageContext, moment: Moment, district: PublishedDistrict) -> list[DistrictAir]:
    about = [(one, AnswerSubject("district", district.district, one)) for one in _QUANTITIES]
    rows = [
        DistrictAir(
            one,
            await headlines.read(context.store, moment, subject, context.language, indicators=headlines.OF_DISTRICT),
        )
        for one, subject in about
    ]
    return [one for one in rows if one.headlines]


async def _stations(context: PageContext, contents: MapContents, district: PublishedDistrict) -> list[StationAir]:
    chosen = [contents.stations[one] for one in district.stations]
    return await air.of(context.reader, context.moment_of, context.language, chosen)


async def _outages(context: PageContext, moment: Moment, district: PublishedDistrict) -> list[FeedOutage]:
    question = OutageQuestion(
        statuses=list(STORING),
        start=moment.now - timedelta(days=1),
        end=moment.now,
        going_on=True,
    )
    inside = {("site", one) for one in district.sites} | {("station", one) for one in district.stations}
    found = await read.feeds.outages(context.store, question, None, _OUTAGES)
    return [one for one in found if (one.kind, one.place) in inside]
