"""The page of one route, link by link."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from opendata import read
from opendata.pages import addresses, progress, series_charts, sources
from opendata.pages.blocks import headlines, ladders, link_usage
from opendata.pages.charts import Chart
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import explorer_words, read_block
from opendata.pages.language import PageLanguage
from opendata.pages.maps import map_places, map_view
from opendata.pages.maps.map_view import MapView
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.read.routes import PublishedRoute
from opendata.read.states import AnswerSubject
from opendata.read.usage import UsageDay

router = APIRouter()
_DAYS = 60


@addresses.get(router, "route")
async def page(context: Context, route: Id) -> Response:
    """Draw the page of a route: its ladder and its bicycle-kilometres by day."""
    found = context.there(await read.routes.one(context.store, route))
    about, moment = AnswerSubject("route", found.route), context.moment_of(found.owner)
    explorer = await read_block(context, moment, subjects.of_route(found))
    if explorer and explorer.answer:
        return explorer.answer
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    whole, language = AnswerSubject("route", found.route, ""), context.language
    values = await headlines.read(context.store, moment, whole, language, indicators=headlines.OF_ROUTE)
    ladder = await ladders.of(context.reader, moment, found)
    start = moment.start_of(moment.today - timedelta(days=_DAYS))
    rows = await read.usage.series(found.route, zone=moment.zone).rows(context.store, start, moment.midnight)
    return context.page(
        "route.html",
        moment,
        of={found.owner, *(link.owner for link in found.links)},
        **explorer_words(explorer),
        ladder=ladder,
        weak=link_usage.weak(ladder),
        links=await link_usage.read(context.reader, ladder, rows, reached, language),
        days=_days(language, reached, found.route, rows),
        map=await _map(context, found),
        headlines=values,
        progress=reached,
        sources=await sources.read(context.store, about, language),
    )


async def _map(context: PageContext, route: PublishedRoute) -> MapView:
    """Make the map of a route: its links, and the sites that count them."""
    contents = await map_places.read_all(context)
    links = contents.keyed("link", [one.link for one in route.links])
    return map_view.view(contents, [*links, *contents.keyed("site", [one.site for one in route.links if one.site])])


def _days(language: PageLanguage, reached: SubjectProgress, route: str, rows: Sequence[UsageDay]) -> Chart:
    return series_charts.counts(
        language,
        language("page.bicycle_km_per_day"),
        [bar if bar.value is not None else replace(bar, valid=0) for bar in reached.bars(rows, "bicycle_km")],
        series_charts.day_label(language),
        csv=f"/v1/doorfietsroutes/{route}/gebruik?formaat=csv",
        unit=language("page.bicycle_km"),
    )
