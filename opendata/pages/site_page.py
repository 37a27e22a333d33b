"""The page of one site: its days and its last week by the quarter or its own longer interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from opendata import read
from opendata.pages import addresses, progress, series_charts, sources
from opendata.pages.blocks import equipment, headlines
from opendata.pages.blocks.headlines import Headline
from opendata.pages.charts import Chart
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import explorer_words, read_block
from opendata.pages.maps import map_places, map_view
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.read.buckets import Width
from opendata.read.counts import CountRow
from opendata.read.series import Series
from opendata.read.sites import PublishedSite
from opendata.read.states import AnswerSubject
from opendata.v1.models import zulu
from opendata.vocabulary import PERIODS, VERVOERWIJZE

router = APIRouter()
_DAYS = 60


@addresses.get(router, "site")
async def page(context: Context, site: Id) -> Response:
    """Draw the page of a site: days and quarters of every mode that it counts."""
    found = context.there(await read.sites.one(context.store, site))
    moment, about = context.moment_of(found.owner), AnswerSubject("site", found.site)
    explorer = await read_block(context, moment, subjects.of_site(found))
    if explorer and explorer.answer:
        return explorer.answer
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    counted = {channel.mode for channel in found.channels}
    contents = await map_places.read_all(context)
    own = contents.keyed("site", [found.site])
    places = [*own, *contents.counted_at([found.site])]
    charts = [await _Mode(context, reached, found, mode).drawn() for mode in VERVOERWIJZE if mode in counted]
    return context.page(
        "site.html",
        moment,
        of={found.owner},
        **explorer_words(explorer),
        site=found,
        origins=[channel.origin for channel in found.channels],
        usual=next(iter(own), None) if "bicycles" in counted else None,
        modes=charts,
        map=map_view.view(contents, places),
        period=contents.period,
        changes=equipment.sentences(
            found,
            await read.placements.of_site(context.store, site),
            await read.placements.history(context.store, site),
            moment,
            context.language,
        ),
        progress=reached,
        sources=await sources.read(context.store, about, context.language),
    )


@dataclass(frozen=True)
class _Mode:
    """One mode at one site."""

    context: PageContext
    reached: SubjectProgress
    site: PublishedSite
    mode: str

    async def drawn(self) -> tuple[str, Chart, Chart, list[Headline], Sequence[str]]:
        """Draw its days and its week, with its main indicators and the hours of which its coverage is."""
        about = AnswerSubject("site", self.site.site, self.mode)
        store, language = self.context.store, self.context.language
        values = await headlines.read(store, self.reached.moment, about, language, indicators=headlines.OF_SITE)
        windows = await read.measuring_windows.read(store, about, None, None)
        return self.mode, await self._days(), await self._week(), values, windows

    async def _days(self) -> Chart:
        moment, language = self.reached.moment, self.context.language
        start = moment.start_of(moment.today - timedelta(days=_DAYS))
        rows = await self._series("day").rows(self.context.store, start, moment.midnight)
        return series_charts.counts(
            language,
            language("page.per_day_sixty"),
            self.reached.bars(rows),
            series_charts.day_label(language),
            csv=self._csv("day", zulu(start)),
            unit=language("page.passages"),
        )

    async def _week(self) -> Chart:
        moment, language = self.reached.moment, self.context.language
        start = moment.start_of(moment.today - timedelta(days=7))
        registry = await self.context.reader.registry()
        series = read.quarters.series(self.site.site, self.mode, registry=registry, now=moment.now)
        found = await series.rows(self.context.store, start, moment.now)
        rows = self.reached.bars(found)
        interval = series_charts.interval_words(language, (row.ended_at - row.started_at for row in found))
        chart = series_charts.counts(
            language,
            language("page.last_week", interval=interval),
            rows,
            series_charts.quarter_label(language, moment.zone),
            csv=self._csv("quarter", zulu(start)),
            unit=language("page.passages"),
        )
        return series_charts.midnights(language, chart, rows, moment.zone)

    def _series(self, width: Width) -> Series[CountRow]:
        moment = self.reached.moment
        return read.counts.series(self.site.site, self.mode, width, zone=moment.zone, now=moment.now)

    def _csv(self, width: Width, since: str) -> str:
        series = f"/v1/telpunten/{self.site.site}/tellingen?vervoerwijze={VERVOERWIJZE[self.mode]}"
        return f"{series}&interval={PERIODS[width]}&startTijd={since}&formaat=csv"
