"""The state of the data: of the registry, of all numbers, and how far the platform is with what sensors published."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from psycopg.types.multirange import TimestamptzMultirange

from opendata.database import NamedQueries
from opendata.processing import PlatformWatermark


class AnswerSubject(NamedTuple):
    """What numbers are about, as `api.waiting` and `api.terms` know it: a null facet or direction is all of them."""

    kind: str
    name: str
    facet: str | None = None
    direction: str | None = None

    @property
    def values(self) -> dict[str, str | None]:
        """What a query calls it."""
        return {"kind": self.kind, "subject": self.name, "facet": self.facet, "direction": self.direction}


class DataMoment(msgspec.Struct, frozen=True):
    """What `opendata.freshness` compares: the snapshot, the number of writes of the registry, and the progress."""

    snapshot: str
    registry_writes: int
    progress: str | None


class DataState(msgspec.Struct, frozen=True):
    """The state at one moment: two names that differ after every change, and the watermark where there is one.

    `registry` is the state of what stands where, `revision` that of the numbers. `applied_state` is the SHA-256 of the
    owners' files that are in force, None where none is; `moment` is which moment it was.
    """

    registry: str | None
    revision: str | None
    applied_state: str | None
    watermark: PlatformWatermark | None
    moment: DataMoment | None = None


async def read(store: NamedQueries) -> DataState:
    """Read the state of the data: a request does it once."""
    row = await store.row("data_state")
    if row is None:
        return DataState(None, None, None, None)
    moment = DataMoment(row["snapshot"], row["registry_writes"], row["progress"])
    return DataState(row["registry"], row["revision"], row["applied_state"], PlatformWatermark.of(row), moment)


async def watermark(store: NamedQueries) -> PlatformWatermark | None:
    """Read how far the platform is, and nothing else."""
    return PlatformWatermark.of(await store.row("watermark"))


async def readiness(store: NamedQueries) -> tuple[PlatformWatermark | None, str | None]:
    """Read how far the platform is, and the SHA-256 of the owners' files that are in force."""
    row = await store.row("watermark")
    return PlatformWatermark.of(row), row["applied_state"] if row else None


async def waiting(store: NamedQueries, about: AnswerSubject, start: datetime, end: datetime) -> TimestamptzMultirange:
    """Read the hours of a range of UTC in which something of a subject waits to be added up."""
    return await _waiting(store, "waiting", about, start, end)


async def waiting_indicators(
    store: NamedQueries, about: AnswerSubject, start: datetime, end: datetime
) -> TimestamptzMultirange:
    """Read the same for its indicators, which also wait while their years are computed again."""
    return await _waiting(store, "waiting_indicators", about, start, end)


async def _waiting(
    store: NamedQueries, query: str, about: AnswerSubject, start: datetime, end: datetime
) -> TimestamptzMultirange:
    row = await store.row(query, start=start, end=end, **about.values) or {}
    found: TimestamptzMultirange | None = row.get("waiting")
    return found if found is not None else TimestamptzMultirange()
