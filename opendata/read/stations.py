"""Places where air is measured, with what they measure."""

from datetime import datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.terms import Terms


class StationQuantity(msgspec.Struct, frozen=True):
    """One quantity of a station, with whose it is."""

    quantity: str
    origins: tuple[str, ...]
    terms: tuple[Terms, ...] | None


class PublishedStation(msgspec.Struct, frozen=True):
    """One station; degrees of WGS 84, and the name of its district."""

    station: str
    owner: str
    name: str
    district: str
    longitude: float
    latitude: float
    kind: str
    environment: str
    illustrative: bool
    note: str
    series: tuple[StationQuantity, ...]


async def every(store: NamedQueries) -> list[PublishedStation]:
    """Read all stations."""
    return await structs.every(store, PublishedStation, "stations", station=None)


async def one(store: NamedQueries, station: str) -> PublishedStation | None:
    """Read one station, or None."""
    return await structs.first(store, PublishedStation, "stations", station=station)


class StationMethod(msgspec.Struct, frozen=True):
    """With what one quantity is measured in a time; `seconds` is its interval, `layer` in which form it comes."""

    quantity: str
    method: str
    instrument: str | None
    seconds: int
    origin: str
    layer: str
    valid_from: datetime
    valid_until: datetime


async def equipment(store: NamedQueries, station: str) -> list[StationMethod]:
    """Read with what a station measures and measured."""
    return await structs.every(store, StationMethod, "station_equipment", station=station)
