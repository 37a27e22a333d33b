"""`/nl/telpunten/{id}`: one site, its days and its last week by the quarter."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.database import Row
from opendata.pages import progress, series_charts
from opendata.pages.blocks import headlines
from opendata.pages.blocks.headlines import Headline
from opendata.pages.charts import Chart
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.v1 import terms
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import VERVOERWIJZE, herkomst

router = APIRouter()
_DAYS = 60


@router.get("/nl/telpunten/{telpunt}")
async def site(context: Context, telpunt: Id) -> HTMLResponse:
    """Draw the page of a site: days and quarters of every mode that it counts."""
    row = await context.store.row("sites", site=telpunt)
    if row is None:
        raise HTTPException(404)
    modes = [mode for mode in VERVOERWIJZE if any(channel["mode"] == mode for channel in row["channels"])]
    origins = herkomst([channel["origin"] for channel in row["channels"]])
    found = await progress.read(
        context.store, context.moment, AnswerSubject("site", telpunt), context.moment.today - timedelta(days=_DAYS)
    )
    charts = [await _mode(context, found, row, mode) for mode in modes]
    return await context.page(
        "telpunt.html",
        telpunt=row,
        herkomst_woorden=origins,
        grafieken=charts,
        voortgang_=found,
        bronnen_=await terms.read(context.store, AnswerSubject("site", telpunt), None, None),
    )


async def _mode(
    context: PageContext, found: SubjectProgress, row: Row, mode: str
) -> tuple[str, Chart, Chart, list[Headline]]:
    values = await headlines.read(
        context.store, context.moment, "site", row["site"], facet=mode, indicators=headlines.OF_SITE
    )
    return VERVOERWIJZE[mode], await _days(context, found, row, mode), await _week(context, found, row, mode), values


async def _days(context: PageContext, found: SubjectProgress, row: Row, mode: str) -> Chart:
    moment = context.moment
    start = moment.start_of(moment.today - timedelta(days=_DAYS))
    rows = await context.store.rows(
        "count_days", site=row["site"], mode=mode, start=start, end=moment.midnight, zone=moment.zone.key, at=None
    )
    return series_charts.counts(
        "Per dag, laatste zestig dagen",
        found.checked(rows),
        series_charts.day_label,
        _csv(row, mode, "dag", start.isoformat()),
    )


async def _week(context: PageContext, found: SubjectProgress, row: Row, mode: str) -> Chart:
    moment = context.moment
    start = moment.start_of(moment.today - timedelta(days=7))
    rows = await context.store.rows(
        "count_quarters", site=row["site"], mode=mode, start=start, end=moment.now, now=moment.now, direction=None
    )
    csv = _csv(row, mode, "kwartier", start.isoformat())
    chart = series_charts.counts(
        "Per kwartier, laatste week", found.checked(rows), series_charts.quarter_label(moment.zone), csv
    )
    return series_charts.midnights(chart, rows, moment.zone)


def _csv(row: Row, mode: str, interval: str, start: str) -> str:
    since = start.replace("+00:00", "Z")
    series = f"/v1/telpunten/{row['site']}/tellingen?vervoerwijze={VERVOERWIJZE[mode]}"
    return f"{series}&interval={interval}&startTijd={since}&formaat=csv"
