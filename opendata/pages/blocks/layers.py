"""The air at a station now: its two indices, and each quantity in every layer side by side, of the same hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opendata import read as readings
from opendata.pages import progress
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.read.air import MEASURED, AirHour, AirIndexHour
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject
from opendata.read.stations import PublishedStation, StationQuantity
from opendata.vocabulary import LAYERS
from schemas.reasons import Reason

HOURS: Final = 24
SCHEMES: Final[Mapping[str, str]] = {"lki-2014": "lki", "eaqi-2024": "eaqi"}
"""The tables of the indices that are shown, with the indicator that explains each."""


@dataclass(frozen=True)
class StationIndex:
    """One index in its newest hour; without a `value` there is a reason."""

    indicator: str
    scheme: str
    hour: AirIndexHour

    @property
    def worst(self) -> Sequence[str]:
        """Name the quantities that decide it."""
        return (self.hour.basis or {}).get("worst") or ()


@dataclass(frozen=True)
class QuantityLayers:
    """One quantity in its newest hour that has a value, by layer; `latest` is that hour as measured, None without one.

    Of a layer that has no value then there is None.
    """

    quantity: str
    label: str
    unit: str
    origins: Sequence[str]
    latest: AirHour | None
    values: Mapping[str, float | None]
    measured: int
    unprocessed: bool
    reason: Reason | None


@dataclass(frozen=True)
class StationReading:
    """A station with its indices, its quantities, and the layers that it has, as measured first."""

    station: PublishedStation
    moment: Moment
    progress: SubjectProgress
    indices: Sequence[StationIndex]
    quantities: Sequence[QuantityLayers]
    layers: Sequence[str]


async def read(
    reader: RequestReader, moment: Moment, station: PublishedStation, language: PageLanguage
) -> StationReading:
    """Read what the last 24 whole hours of a station say."""
    end = moment.now.replace(minute=0, second=0, microsecond=0)
    start, name = end - timedelta(hours=HOURS), station.station
    reached = await progress.read(reader, moment, AnswerSubject("station", name), moment.yesterday)
    found = await readings.air.layers(reader.store, name)
    layers = [layer for layer in LAYERS.values() if layer in found]
    hours = {layer: await readings.air.hours(name, None, layer).rows(reader.store, start, end) for layer in layers}
    return StationReading(
        station=station,
        moment=moment,
        progress=reached,
        indices=await _indices(reader, name, start, end),
        quantities=[_quantity(one, hours, reached, language) for one in station.series],
        layers=layers,
    )


async def _indices(reader: RequestReader, station: str, start: datetime, end: datetime) -> list[StationIndex]:
    """Read the newest hour of each index, one that has a value before one that has none."""
    rows = await readings.air.indices(station, None).rows(reader.store, start, end)
    found = []
    for scheme, indicator in SCHEMES.items():
        hours = [row for row in rows if row.scheme == scheme]
        if hours:
            newest = next((row for row in reversed(hours) if row.value is not None), hours[-1])
            found.append(StationIndex(indicator, scheme, newest))
    return found


def _quantity(
    one: StationQuantity,
    hours: Mapping[str, Sequence[AirHour]],
    reached: SubjectProgress,
    language: PageLanguage,
) -> QuantityLayers:
    by_layer = {layer: [row for row in rows if row.quantity == one.quantity] for layer, rows in hours.items()}
    own = by_layer.get(MEASURED) or next(iter(by_layer.values()), [])
    with_value = (row for rows in by_layer.values() for row in rows if row.value is not None)
    newest = max((row.started_at for row in with_value), default=None)
    at = {layer: next((row for row in rows if row.started_at == newest), None) for layer, rows in by_layer.items()}
    bars = reached.bars(own)
    return QuantityLayers(
        quantity=one.quantity,
        label=language(f"quantity.{one.quantity}"),
        unit=language(f"unit.{one.quantity}"),
        origins=one.origins,
        latest=next((row for row in at.values() if row is not None), None),
        values={layer: row.value if row else None for layer, row in at.items()},
        measured=sum(row.value is not None for row in own),
        unprocessed=any(bar.unprocessed for bar in bars),
        reason=own[-1].reason if own else None,
    )
