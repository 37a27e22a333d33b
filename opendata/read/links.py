"""Links between two places, with what makes them green, safe and fast."""

from datetime import date

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class PublishedLink(msgspec.Struct, frozen=True):
    """One link: kilometres, metres of width, and parts of its length from 0 to 1.

    Its ends are names of places, or `region`. Without a `site` its cyclists may be `assumed_from` another link.
    `detour` is its length by the straight line, `opened` its first local day in its present shape.
    """

    link: str
    owner: str
    name: str
    start_place: str
    end_place: str
    length_km: float
    green: bool
    greenery: float
    width_m: float
    priority: float
    asphalt: float
    site: str | None
    assumed_from: str | None
    detour: float | None
    opened: date | None
    illustrative: bool


class LinkCounter(msgspec.Struct, frozen=True):
    """By which site the cyclists of a link are counted, and the link that they are assumed from, by their names."""

    link: str
    site_name: str | None
    assumed_name: str | None


async def every(store: NamedQueries) -> list[PublishedLink]:
    """Read all links."""
    return await structs.every(store, PublishedLink, "links", link=None)


async def one(store: NamedQueries, link: str) -> PublishedLink | None:
    """Read one link, or None."""
    return await structs.first(store, PublishedLink, "links", link=link)


async def counters(store: NamedQueries, route: str) -> list[LinkCounter]:
    """Read by which sites the links of a route are counted."""
    return await structs.every(store, LinkCounter, "link_counters", route=route)
