"""What links of the same two ends are together: inside a district, between two, to the centre or to the region."""

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.links import PublishedLink


class Connection(msgspec.Struct, frozen=True):
    """One connection; its ends are names of places, or `region`, with the ids of those that are districts."""

    connection: str
    owner: str
    kind: str
    one_place: str
    other_place: str
    one_district: str | None
    other_district: str | None
    length_km: float
    measured_km: float
    green_km: float
    links: tuple[PublishedLink, ...]


async def every(store: NamedQueries) -> list[Connection]:
    """Read all connections."""
    return await structs.every(store, Connection, "connections", connection=None)


async def one(store: NamedQueries, connection: str) -> Connection | None:
    """Read one connection, or None."""
    return await structs.first(store, Connection, "connections", connection=connection)
