"""Districts, with what counts and measures in them, and what leads there."""

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class PublishedDistrict(msgspec.Struct, frozen=True):
    """One district, with the ids of its sites and stations, and of the links that begin or end in it."""

    district: str
    owner: str
    name: str
    sites: tuple[str, ...]
    stations: tuple[str, ...]
    links: tuple[str, ...]


async def every(store: NamedQueries) -> list[PublishedDistrict]:
    """Read all districts."""
    return await structs.every(store, PublishedDistrict, "districts", district=None)


async def one(store: NamedQueries, district: str) -> PublishedDistrict | None:
    """Read one district, or None."""
    return await structs.first(store, PublishedDistrict, "districts", district=district)
