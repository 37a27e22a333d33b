"""The page of one station: its air now, its last hours and days, in what layers, and with what it is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from opendata import read
from opendata.pages import addresses, progress, series_charts, sources
from opendata.pages.blocks import equipment, layers
from opendata.pages.blocks.layers import StationReading
from opendata.pages.charts import Chart
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import explorer_words, read_block
from opendata.pages.maps import map_places, map_view
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.pages.series_charts import ChartRow
from opendata.read.indicator_values import IndicatorQuestion
from opendata.read.states import AnswerSubject
from opendata.v1.models import zulu
from opendata.vocabulary import LAAG

router = APIRouter()
_HOURS = 48
_DAYS = 30


@dataclass(frozen=True)
class LayerChart:
    """The last hours of one quantity in one layer."""

    layer: str
    chart: Chart


@dataclass(frozen=True)
class QuantityCharts:
    """One quantity of a station: its hours by layer, as measured first, and its days."""

    label: str
    hours: Sequence[LayerChart]
    days: Chart


@addresses.get(router, "station")
async def page(context: Context, station: Id) -> Response:
    """Draw the page of a station."""
    found = context.there(await read.stations.one(context.store, station))
    moment, language = context.moment_of(found.owner), context.language
    about = AnswerSubject("station", found.station)
    explorer = await read_block(context, moment, subjects.of_station(found))
    if explorer and explorer.answer:
        return explorer.answer
    reached = await progress.read(context.reader, moment, about, moment.today - timedelta(days=_DAYS))
    now = await layers.read(context.reader, moment, found, language)
    changes = equipment.of_station(
        await read.placements.of_station(context.store, station),
        await read.placements.history_of_station(context.store, station),
        moment,
        language,
    )
    contents = await map_places.read_all(context)
    return context.page(
        "station.html",
        moment,
        of={found.owner},
        **explorer_words(explorer),
        station=found,
        now=now,
        quantities=[await _charts(context, reached, now, one.quantity) for one in found.series],
        equipment=equipment.in_use(await read.stations.equipment(context.store, station), moment, language),
        changes=changes,
        map=map_view.view(contents, contents.keyed("station", [station])),
        progress=reached,
        sources=await sources.read(context.store, about, language),
    )


async def _charts(context: PageContext, reached: SubjectProgress, now: StationReading, quantity: str) -> QuantityCharts:
    label = context.language(f"quantity.{quantity}")
    found = [await _hours(context, reached, now.station.station, quantity, layer) for layer in now.layers]
    drawn = [one for one in found if one is not None]
    return QuantityCharts(label, drawn, await _days(context, reached, now.station.station, quantity))


async def _hours(
    context: PageContext, reached: SubjectProgress, station: str, quantity: str, layer: str
) -> LayerChart | None:
    """Draw the last hours of a layer; None where the station has the layer, but not of this quantity."""
    moment, language = reached.moment, context.language
    end = moment.now.replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(hours=_HOURS)
    rows = await read.air.hours(station, quantity, layer).rows(context.store, start, end)
    if not rows:
        return None
    bars, series = reached.bars(rows), f"/v1/meetstations/{station}/metingen?stof={quantity}&laag={LAAG[layer]}"
    chart = series_charts.air(
        language,
        language("page.last_hours_layer", hours=_HOURS, layer=language(f"page.layer.{layer}")),
        bars,
        moment.zone,
        csv=f"{series}&startTijd={zulu(start)}&formaat=csv",
        unit=language(f"unit.{quantity}"),
    )
    return LayerChart(layer, series_charts.midnights(language, chart, bars, moment.zone))


async def _days(context: PageContext, reached: SubjectProgress, station: str, quantity: str) -> Chart:
    """Draw the means of the last days; a day of which no mean was computed is a gap."""
    moment, language = reached.moment, context.language
    first = moment.today - timedelta(days=_DAYS)
    question = IndicatorQuestion(
        about=AnswerSubject("station", station, quantity),
        zone=moment.zone,
        indicator="day_mean",
        period="day",
        first=first,
        last=moment.yesterday,
    )
    rows = await read.indicator_values.page(context.store, question, None, _DAYS)
    stored = {row.first_day: bar for row, bar in zip(rows, reached.bars(rows), strict=True)}
    days = [first + timedelta(days=one) for one in range(_DAYS)]
    bars = [
        stored.get(day) or ChartRow(started_at=moment.start_of(day), day=day, value=None, valid=0, expected=1)
        for day in days
    ]
    csv = f"/v1/meetstations/{station}/kengetallen?kengetal=daggemiddelde&stof={quantity}&periode=dag&formaat=csv"
    return series_charts.air_days(
        language, language("page.per_day_thirty"), bars, csv=csv, unit=language(f"unit.{quantity}")
    )
