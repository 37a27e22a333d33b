"""The air at the stations over the last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from locales import texts
from opendata.database import NamedQueries, Row
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import STATIONS, herkomst

_SHOWN: Final = ("pm25", "pm10", "no2", "o3")


@dataclass(frozen=True)
class StationAir:
    """One quantity at one station over the last day."""

    station: str
    name: str
    kind: str
    label: str
    unit: str
    latest: Row | None
    unprocessed: bool
    origins: Sequence[str]
    chart: Chart

    @property
    def measured(self) -> int:
        """Hours of the last day that have a value."""
        return len(self.chart.rows) - self.chart.missing - self.chart.waiting


async def read(store: NamedQueries, moment: Moment) -> list[StationAir]:
    """Read the last 24 whole hours at every station."""
    end = moment.now.replace(minute=0, second=0, microsecond=0)
    found: list[StationAir] = []
    for station in await store.rows("stations", station=None):
        reached = await progress.read(store, moment, AnswerSubject("station", station["station"]), moment.yesterday)
        rows = await store.rows(
            "air_hours",
            station=station["station"],
            quantity=None,
            layer="measured",
            start=end - timedelta(hours=24),
            end=end,
            at=None,
        )
        found += [
            _air(station, one, reached.checked(row for row in rows if row["quantity"] == one["quantity"]), moment)
            for one in station["series"]
            if one["quantity"] in _SHOWN
        ]
    return found


def _air(station: Row, one: Row, rows: Sequence[Row], moment: Moment) -> StationAir:
    csv = f"/v1/meetstations/{station['station']}/metingen?stof={one['quantity']}&formaat=csv"
    unit = texts()(f"unit.{one['quantity']}")
    chart = series_charts.air("Laatste 24 uur", unit, rows, moment.zone, csv)
    latest = next((row for row in reversed(rows) if row["value"] is not None), None)
    return StationAir(
        station=station["station"],
        name=station["name"],
        kind=STATIONS[station["kind"]],
        label=texts()(f"quantity.{one['quantity']}"),
        unit=unit,
        latest=latest,
        unprocessed=any(row["unprocessed"] for row in rows),
        origins=herkomst(one["origins"]),
        chart=chart,
    )
