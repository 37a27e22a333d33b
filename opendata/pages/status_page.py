"""The page of the state of the service: how fresh the numbers are, what waits, what was measured and corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import addresses
from opendata.pages.blocks import feeds
from opendata.pages.moments import Moment
from opendata.pages.page_context import Context, PageContext
from opendata.processing import PlatformWatermark
from opendata.read.changes import CorrectedDay
from opendata.read.totals import PeriodTotal

router = APIRouter()
_CORRECTED: Final = timedelta(days=30)
_MOST: Final = 20
_DAYS: Final = 30


@dataclass(frozen=True)
class StageProgress:
    """Until when what was published has passed one stage, by how many seconds that lags, and how much waits there."""

    name: str
    until: datetime | None
    seconds: int | None
    waiting: int | None


@dataclass(frozen=True)
class MeasuredPart:
    """Which part of what could be measured was, from a local day to another one."""

    first: date
    last: date
    found: PeriodTotal


@addresses.get(router, "status")
async def page(context: Context) -> HTMLResponse:
    """Draw the state of the service."""
    moment, host, store = context.moment, context.owners.host, context.store
    watermark = (await context.reader.state()).watermark
    first, last = moment.today - timedelta(days=_DAYS), moment.yesterday
    return context.page(
        "status.html",
        stages=_stages(watermark, moment),
        behind=watermark is not None and watermark.behind(moment.now),
        feeds=await feeds.read(store, moment),
        newest=await read.feeds.newest_measurement(store, moment.now),
        measured=MeasuredPart(first, last, await read.totals.period(store, host, first, last)),
        corrected=await _corrected(context),
        days=_CORRECTED.days,
    )


async def _corrected(context: PageContext) -> Sequence[CorrectedDay]:
    since = context.moment.now - _CORRECTED
    return await read.changes.corrected_days(context.store, since, _MOST)


def _stages(watermark: PlatformWatermark | None, moment: Moment) -> list[StageProgress]:
    return [
        StageProgress(
            one.name,
            one.until,
            None if one.until is None else max(0, round((moment.now - one.until).total_seconds())),
            one.backlog,
        )
        for one in (watermark.stages if watermark else ())
    ]
