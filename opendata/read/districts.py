"""Districts, with what counts and measures in them."""

import msgspec

from opendata.database import NamedQueries
from opendata.read import typed


class District(msgspec.Struct, frozen=True):
    """One district, with the ids of its sites and stations."""

    district: str
    owner: str
    name: str
    sites: tuple[str, ...]
    stations: tuple[str, ...]


async def every(store: NamedQueries) -> list[District]:
    """Read all districts."""
    return await typed.every(store, District, "districts", district=None)


async def one(store: NamedQueries, district: str) -> District | None:
    """Read one district, or None."""
    return await typed.first(store, District, "districts", district=district)
