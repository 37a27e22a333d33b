"""The air at stations by the hour, in layers, and the indices made of it."""

from datetime import datetime
from typing import Any, Final

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.buckets import Bucket
from opendata.read.series import Series
from opendata.read.states import AnswerSubject
from schemas.air_indices import SCHEMES

MEASURED: Final = "measured"
"""The layer as sensors say it."""


class AirHour(Bucket, frozen=True):
    """The mean of one quantity over an hour, in the unit of its catalogue; a corrected one says what it rests on."""

    quantity: str
    value: float | None
    basis: dict[str, Any] | None
    rule: str | None


class AirIndexHour(Bucket, frozen=True):
    """One index of an hour by the table `scheme`; `level` is the code of the word beside its value."""

    scheme: str
    value: int | None
    level: str | None
    basis: dict[str, Any] | None
    rule: str


async def begins_at(store: NamedQueries, station: str) -> datetime | None:
    """Read since when a station measures."""
    return await structs.only(store, datetime, "air_start", station=station)


async def layers(store: NamedQueries, station: str) -> set[str]:
    """Read in which layers a station has hours; as measured always."""
    return {row["layer"] for row in await store.rows("air_layers", station=station)} | {MEASURED}


def hours(
    station: str, quantity: str | None, layer: str = MEASURED, *, quantities: int = 1, at: datetime | None = None
) -> Series[AirHour]:
    """Give the hours of one quantity of a station, or of all its `quantities`, in one layer."""
    return Series(
        about=AnswerSubject("station", station, quantity if layer == MEASURED else None),
        query="air_hours",
        kind=AirHour,
        per_bucket=1 if quantity else max(1, quantities),
        at=at,
        values={"station": station, "quantity": quantity, "layer": layer},
    )


def indices(station: str, scheme: str | None, *, at: datetime | None = None) -> Series[AirIndexHour]:
    """Give the hours of one index at a station, or of all of them."""
    return Series(
        about=AnswerSubject("station", station),
        query="air_indices",
        kind=AirIndexHour,
        per_bucket=1 if scheme else len(SCHEMES),
        at=at,
        values={"station": station, "scheme": scheme},
    )
