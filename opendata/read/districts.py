"""Districts, with what counts and measures in them."""

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class PublishedDistrict(msgspec.Struct, frozen=True):
    """One district, with the ids of its sites and stations."""

    district: str
    owner: str
    name: str
    sites: tuple[str, ...]
    stations: tuple[str, ...]


async def every(store: NamedQueries) -> list[PublishedDistrict]:
    """Read all districts."""
    return await structs.every(store, PublishedDistrict, "districts", district=None)


async def one(store: NamedQueries, district: str) -> PublishedDistrict | None:
    """Read one district, or None."""
    return await structs.first(store, PublishedDistrict, "districts", district=district)
