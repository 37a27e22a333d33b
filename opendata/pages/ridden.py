"""`/nl/doorfietsroutes/{id}`: one route, link by link."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.pages import drawn, progress
from opendata.pages.figures import headlines, ladders
from opendata.pages.looking import Id, Looked
from opendata.v1 import terms
from opendata.v1.processed import Subject

router = APIRouter()
_DAYS = 60


@router.get("/nl/doorfietsroutes/{doorfietsroute}")
async def route(looked: Looked, doorfietsroute: Id) -> HTMLResponse:
    """Draw the page of a route: its ladder and its bicycle-kilometres by day."""
    store, moment = looked.store, looked.moment
    found = await ladders.read(store, moment, doorfietsroute)
    if not found:
        raise HTTPException(404)
    start = moment.start_of(moment.today - timedelta(days=_DAYS))
    rows = await store.rows(
        "usage_days", route=doorfietsroute, zone=moment.zone.key, start=start, end=moment.midnight, at=None
    )
    reached = await progress.read(store, moment, Subject("route", doorfietsroute), moment.today - timedelta(days=_DAYS))
    days = reached.judged(
        {**row, "value": row["bicycle_km"], "valid": row["valid"] if row["bicycle_km"] is not None else 0}
        for row in rows
    )
    chart = drawn.counts(
        "Fietskilometers per dag",
        days,
        drawn.day_label,
        f"/v1/doorfietsroutes/{doorfietsroute}/gebruik?formaat=csv",
        "fietskilometers",
    )
    figures = await headlines.read(store, moment, "route", doorfietsroute, facet="", indicators=headlines.OF_ROUTE)
    return await looked.page(
        "doorfietsroute.html",
        ladder_=found[0],
        grafiek_=chart,
        cijfers=figures,
        voortgang_=reached,
        bronnen_=await terms.read(store, Subject("route", doorfietsroute), None, None),
    )
