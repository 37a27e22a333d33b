"""The air at the stations over the last day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from locales import texts
from opendata import read as readings
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.read.air import AirHour
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject
from opendata.read.stations import PublishedStation, StationQuantity
from opendata.vocabulary import STATIONS, herkomst

_SHOWN: Final = ("pm25", "pm10", "no2", "o3")


@dataclass(frozen=True)
class StationAir:
    """One quantity at one station over the last day."""

    station: str
    owner: str
    name: str
    zone: ZoneInfo
    kind: str
    label: str
    unit: str
    latest: AirHour | None
    unprocessed: bool
    origins: Sequence[str]
    chart: Chart

    @property
    def measured(self) -> int:
        """Hours of the last day that have a value."""
        return len(self.chart.rows) - self.chart.missing - self.chart.waiting


async def read(reader: RequestReader, moment_of: Callable[[str], Moment]) -> list[StationAir]:
    """Read the last 24 whole hours at every station."""
    found: list[StationAir] = []
    for station in await readings.stations.every(reader.store):
        found += await _station(reader, moment_of(station.owner), station)
    return found


async def _station(reader: RequestReader, moment: Moment, station: PublishedStation) -> list[StationAir]:
    end = moment.now.replace(minute=0, second=0, microsecond=0)
    reached = await progress.read(reader, moment, AnswerSubject("station", station.station), moment.yesterday)
    rows = await readings.air.hours(station.station, None).rows(reader.store, end - timedelta(hours=24), end)
    return [
        _air(station, one, [row for row in rows if row.quantity == one.quantity], reached)
        for one in station.series
        if one.quantity in _SHOWN
    ]


def _air(
    station: PublishedStation, one: StationQuantity, rows: Sequence[AirHour], reached: SubjectProgress
) -> StationAir:
    csv = f"/v1/meetstations/{station.station}/metingen?stof={one.quantity}&formaat=csv"
    unit, bars = texts()(f"unit.{one.quantity}"), reached.bars(rows)
    return StationAir(
        station=station.station,
        owner=station.owner,
        name=station.name,
        zone=reached.moment.zone,
        kind=STATIONS[station.kind],
        label=texts()(f"quantity.{one.quantity}"),
        unit=unit,
        latest=next((row for row in reversed(rows) if row.value is not None), None),
        unprocessed=any(bar.unprocessed for bar in bars),
        origins=herkomst(one.origins),
        chart=series_charts.air("Laatste 24 uur", unit, bars, reached.moment.zone, csv),
    )
