"""`/nl/doorfietsroutes/{id}`: one route, link by link."""

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import progress, series_charts, sources
from opendata.pages.blocks import headlines, ladders
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.read.states import AnswerSubject

router = APIRouter()
_DAYS = 60


@router.get("/nl/doorfietsroutes/{doorfietsroute}")
async def route(context: Context, doorfietsroute: Id) -> HTMLResponse:
    """Draw the page of a route: its ladder and its bicycle-kilometres by day."""
    found = context.there(await read.routes.one(context.store, doorfietsroute))
    about, moment = AnswerSubject("route", found.route), context.moment_of(found.owner)
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    values = await headlines.read(
        context.store, moment, AnswerSubject("route", found.route, ""), indicators=headlines.OF_ROUTE
    )
    return context.page(
        "doorfietsroute.html",
        moment,
        of={found.owner, *(link.owner for link in found.links)},
        ladder_=await ladders.of(context.reader, moment, found),
        grafiek_=await _days(context, moment, reached, found.route),
        cijfers=values,
        voortgang_=reached,
        bronnen_=await sources.read(context.store, about),
    )


async def _days(context: PageContext, moment: Moment, reached: SubjectProgress, route: str) -> Chart:
    start = moment.start_of(moment.today - timedelta(days=_DAYS))
    rows = await read.usage.series(route, zone=moment.zone).rows(context.store, start, moment.midnight)
    return series_charts.counts(
        "Fietskilometers per dag",
        [bar if bar.value is not None else replace(bar, valid=0) for bar in reached.bars(rows, "bicycle_km")],
        series_charts.day_label,
        f"/v1/doorfietsroutes/{route}/gebruik?formaat=csv",
        "fietskilometers",
    )
