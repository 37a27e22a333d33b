"""The air at the stations over the last day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from opendata import read as readings
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.read.air import AirHour
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject
from opendata.read.stations import PublishedStation, StationQuantity

_SHOWN: Final = ("pm25", "pm10", "no2", "o3")
_HOURS: Final = 24


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


async def read(reader: RequestReader, moment_of: Callable[[str], Moment], language: PageLanguage) -> list[StationAir]:
    """Read the last 24 whole hours at every station."""
    return await of(reader, moment_of, language, await readings.stations.every(reader.store))


async def of(
    reader: RequestReader,
    moment_of: Callable[[str], Moment],
    language: PageLanguage,
    stations: Sequence[PublishedStation],
) -> list[StationAir]:
    """Read the same at these stations."""
    found: list[StationAir] = []
    for station in stations:
        found += await _station(reader, moment_of(station.owner), station, language)
    return found


async def _station(
    reader: RequestReader, moment: Moment, station: PublishedStation, language: PageLanguage
) -> list[StationAir]:
    end = moment.now.replace(minute=0, second=0, microsecond=0)
    reached = await progress.read(reader, moment, AnswerSubject("station", station.station), moment.yesterday)
    rows = await readings.air.hours(station.station, None).rows(reader.store, end - timedelta(hours=_HOURS), end)
    return [
        _air(station, one, [row for row in rows if row.quantity == one.quantity], reached, language)
        for one in station.series
        if one.quantity in _SHOWN
    ]


def _air(
    station: PublishedStation,
    one: StationQuantity,
    rows: Sequence[AirHour],
    reached: SubjectProgress,
    language: PageLanguage,
) -> StationAir:
    csv = f"/v1/meetstations/{station.station}/metingen?stof={one.quantity}&formaat=csv"
    unit, bars = language(f"unit.{one.quantity}"), reached.bars(rows)
    return StationAir(
        station=station.station,
        owner=station.owner,
        name=station.name,
        zone=reached.moment.zone,
        kind=station.kind,
        label=language(f"quantity.{one.quantity}"),
        unit=unit,
        latest=next((row for row in reversed(rows) if row.value is not None), None),
        unprocessed=any(bar.unprocessed for bar in bars),
        origins=one.origins,
        chart=series_charts.air(
            language, language("page.last_day", hours=_HOURS), bars, reached.moment.zone, csv=csv, unit=unit
        ),
    )
