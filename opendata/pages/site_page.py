"""`/nl/telpunten/{id}`: one site, its days and its last week by the quarter or its own longer interval."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import progress, series_charts, sources
from opendata.pages.blocks import equipment, headlines
from opendata.pages.blocks.headlines import Headline
from opendata.pages.charts import Chart
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.read.buckets import Width
from opendata.read.counts import CountRow
from opendata.read.series import Series
from opendata.read.sites import PublishedSite
from opendata.read.states import AnswerSubject
from opendata.v1.models import zulu
from opendata.vocabulary import VERVOERWIJZE, herkomst, of_windows

router = APIRouter()
_DAYS = 60


@router.get("/nl/telpunten/{telpunt}")
async def site(context: Context, telpunt: Id) -> HTMLResponse:
    """Draw the page of a site: days and quarters of every mode that it counts."""
    found = context.there(await read.sites.one(context.store, telpunt))
    moment, about = context.moment_of(found.owner), AnswerSubject("site", found.site)
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    counted = {channel.mode for channel in found.channels}
    charts = [await _Mode(context, reached, found, mode).drawn() for mode in VERVOERWIJZE if mode in counted]
    return context.page(
        "telpunt.html",
        moment,
        of={found.owner},
        telpunt=found,
        herkomst_woorden=herkomst([channel.origin for channel in found.channels]),
        grafieken=charts,
        veranderd=equipment.sentences(
            found,
            await read.placements.of_site(context.store, telpunt),
            await read.placements.history(context.store, telpunt),
            moment,
        ),
        voortgang_=reached,
        bronnen_=await sources.read(context.store, about),
    )


@dataclass(frozen=True)
class _Mode:
    """One mode at one site."""

    context: PageContext
    reached: SubjectProgress
    site: PublishedSite
    mode: str

    async def drawn(self) -> tuple[str, Chart, Chart, list[Headline], str]:
        """Draw its days and its week, with its main indicators, and say of which hours its coverage is."""
        about = AnswerSubject("site", self.site.site, self.mode)
        values = await headlines.read(self.context.store, self.reached.moment, about, indicators=headlines.OF_SITE)
        windows = await read.measuring_windows.read(self.context.store, about, None, None)
        return VERVOERWIJZE[self.mode], await self._days(), await self._week(), values, of_windows(windows)

    async def _days(self) -> Chart:
        moment = self.reached.moment
        start = moment.start_of(moment.today - timedelta(days=_DAYS))
        rows = await self._series("day").rows(self.context.store, start, moment.midnight)
        return series_charts.counts(
            "Per dag, laatste zestig dagen",
            self.reached.bars(rows),
            series_charts.day_label,
            self._csv("dag", zulu(start)),
        )

    async def _week(self) -> Chart:
        moment = self.reached.moment
        start = moment.start_of(moment.today - timedelta(days=7))
        found = await self._series("quarter").rows(self.context.store, start, moment.now)
        rows = self.reached.bars(found)
        chart = series_charts.counts(
            f"{series_charts.interval_words(row.ended_at - row.started_at for row in found)}, laatste week",
            rows,
            series_charts.quarter_label(moment.zone),
            self._csv("kwartier", zulu(start)),
        )
        return series_charts.midnights(chart, rows, moment.zone)

    def _series(self, width: Width) -> Series[CountRow]:
        moment = self.reached.moment
        return read.counts.series(self.site.site, self.mode, width, zone=moment.zone, now=moment.now)

    def _csv(self, interval: str, since: str) -> str:
        series = f"/v1/telpunten/{self.site.site}/tellingen?vervoerwijze={VERVOERWIJZE[self.mode]}"
        return f"{series}&interval={interval}&startTijd={since}&formaat=csv"
