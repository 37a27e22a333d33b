"""`/nl/doorfietsroutes/{id}`: one route, link by link."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.pages import progress, series_charts
from opendata.pages.blocks import headlines, ladders
from opendata.pages.page_context import Context, Id
from opendata.v1 import terms
from opendata.v1.subject_progress import AnswerSubject

router = APIRouter()
_DAYS = 60


@router.get("/nl/doorfietsroutes/{doorfietsroute}")
async def route(context: Context, doorfietsroute: Id) -> HTMLResponse:
    """Draw the page of a route: its ladder and its bicycle-kilometres by day."""
    store, moment = context.store, context.moment
    found = await ladders.read(store, moment, doorfietsroute)
    if not found:
        raise HTTPException(404)
    start = moment.start_of(moment.today - timedelta(days=_DAYS))
    rows = await store.rows(
        "usage_days", route=doorfietsroute, zone=moment.zone.key, start=start, end=moment.midnight, at=None
    )
    reached = await progress.read(
        store, moment, AnswerSubject("route", doorfietsroute), moment.today - timedelta(days=_DAYS)
    )
    days = reached.checked(
        {**row, "value": row["bicycle_km"], "valid": row["valid"] if row["bicycle_km"] is not None else 0}
        for row in rows
    )
    chart = series_charts.counts(
        "Fietskilometers per dag",
        days,
        series_charts.day_label,
        f"/v1/doorfietsroutes/{doorfietsroute}/gebruik?formaat=csv",
        "fietskilometers",
    )
    values = await headlines.read(store, moment, "route", doorfietsroute, facet="", indicators=headlines.OF_ROUTE)
    return await context.page(
        "doorfietsroute.html",
        ladder_=found[0],
        grafiek_=chart,
        cijfers=values,
        voortgang_=reached,
        bronnen_=await terms.read(store, AnswerSubject("route", doorfietsroute), None, None),
    )
