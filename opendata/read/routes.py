"""Named chains of links, of any owners."""

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.links import PublishedLink


class PublishedRoute(msgspec.Struct, frozen=True):
    """One route with its links in order; `measured_km` is the length of those with a counter of their own."""

    route: str
    owner: str
    name: str
    illustrative: bool
    note: str
    length_km: float
    measured_km: float
    links: tuple[PublishedLink, ...]


async def every(store: NamedQueries) -> list[PublishedRoute]:
    """Read all routes."""
    return await structs.every(store, PublishedRoute, "routes", route=None)


async def one(store: NamedQueries, route: str) -> PublishedRoute | None:
    """Read one route, or None."""
    return await structs.first(store, PublishedRoute, "routes", route=route)
