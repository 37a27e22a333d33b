"""`/nl/telpunten/{id}`: one site, its days and its last week by the quarter."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.database import Row
from opendata.pages import drawn, progress
from opendata.pages.charts import Chart
from opendata.pages.figures import headlines
from opendata.pages.figures.headlines import Headline
from opendata.pages.looking import Id, Looked, Looking
from opendata.pages.progress import Progress
from opendata.v1 import terms
from opendata.v1.processed import Subject
from opendata.words import VERVOERWIJZE, herkomst

router = APIRouter()
_DAYS = 60


@router.get("/nl/telpunten/{telpunt}")
async def site(looked: Looked, telpunt: Id) -> HTMLResponse:
    """Draw the page of a site: days and quarters of every mode that it counts."""
    row = await looked.store.row("sites", site=telpunt)
    if row is None:
        raise HTTPException(404)
    modes = [mode for mode in VERVOERWIJZE if any(channel["mode"] == mode for channel in row["channels"])]
    origins = herkomst([channel["origin"] for channel in row["channels"]])
    found = await progress.read(
        looked.store, looked.moment, Subject("site", telpunt), looked.moment.today - timedelta(days=_DAYS)
    )
    charts = [await _mode(looked, found, row, mode) for mode in modes]
    return await looked.page(
        "telpunt.html",
        telpunt=row,
        herkomst_woorden=origins,
        grafieken=charts,
        voortgang_=found,
        bronnen_=await terms.read(looked.store, Subject("site", telpunt), None, None),
    )


async def _mode(looked: Looking, found: Progress, row: Row, mode: str) -> tuple[str, Chart, Chart, list[Headline]]:
    figures = await headlines.read(
        looked.store, looked.moment, "site", row["site"], facet=mode, indicators=headlines.OF_SITE
    )
    return VERVOERWIJZE[mode], await _days(looked, found, row, mode), await _week(looked, found, row, mode), figures


async def _days(looked: Looking, found: Progress, row: Row, mode: str) -> Chart:
    moment = looked.moment
    start = moment.start_of(moment.today - timedelta(days=_DAYS))
    rows = await looked.store.rows(
        "count_days", site=row["site"], mode=mode, start=start, end=moment.midnight, zone=moment.zone.key, at=None
    )
    return drawn.counts(
        "Per dag, laatste zestig dagen", found.judged(rows), drawn.day_label, _csv(row, mode, "dag", start.isoformat())
    )


async def _week(looked: Looking, found: Progress, row: Row, mode: str) -> Chart:
    moment = looked.moment
    start = moment.start_of(moment.today - timedelta(days=7))
    rows = await looked.store.rows(
        "count_quarters", site=row["site"], mode=mode, start=start, end=moment.now, now=moment.now, direction=None
    )
    csv = _csv(row, mode, "kwartier", start.isoformat())
    chart = drawn.counts("Per kwartier, laatste week", found.judged(rows), drawn.quarter_label(moment.zone), csv)
    return drawn.midnights(chart, rows, moment.zone)


def _csv(row: Row, mode: str, interval: str, start: str) -> str:
    since = start.replace("+00:00", "Z")
    series = f"/v1/telpunten/{row['site']}/tellingen?vervoerwijze={VERVOERWIJZE[mode]}"
    return f"{series}&interval={interval}&startTijd={since}&formaat=csv"
