"""The page of the air: every station now, the layers of each quantity, and what people breathe along the routes."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.explained import explained
from opendata.pages import addresses
from opendata.pages.blocks import headlines, layers
from opendata.pages.blocks.headlines import Headline
from opendata.pages.page_context import Context, PageContext
from opendata.read.routes import PublishedRoute
from opendata.read.states import AnswerSubject

router = APIRouter()
_EXPOSURE = "exposure_pm25"


@dataclass(frozen=True)
class RouteExposure:
    """What is breathed along a route over a time that is past; no values where none is known."""

    route: PublishedRoute
    values: Sequence[Headline]


@addresses.get(router, "air")
async def page(context: Context) -> HTMLResponse:
    """Draw the page of the air; without a station it says who may describe one."""
    stations = await read.stations.every(context.store)
    return context.page(
        "air.html",
        stations=[
            await layers.read(context.reader, context.moment_of(one.owner), one, context.language) for one in stations
        ],
        routes=[await _exposure(context, one) for one in await read.routes.every(context.store)] if stations else [],
        exposure=explained(_EXPOSURE, context.language.locale),
    )


async def _exposure(context: PageContext, route: PublishedRoute) -> RouteExposure:
    about, moment = AnswerSubject("route", route.route, ""), context.moment_of(route.owner)
    values = await headlines.read(context.store, moment, about, context.language, indicators=(_EXPOSURE,))
    return RouteExposure(route, values)
