"""Places where passages are counted, with their channels and the periods of their equipment."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.terms import TermsOfDatastream


class ChannelPeriod(TermsOfDatastream, frozen=True, kw_only=True):
    """One period of the equipment of a channel: one mode in one direction, with the terms of what it counts."""

    channel: str
    mode: str
    direction: str
    seconds: int
    method: str
    measuring_window: str
    valid_from: datetime
    valid_until: datetime


class PublishedSite(msgspec.Struct, frozen=True):
    """One site; degrees of WGS 84, and the name of its district."""

    site: str
    owner: str
    name: str
    district: str
    longitude: float
    latitude: float
    illustrative: bool
    note: str
    channels: tuple[ChannelPeriod, ...]

    def by_channel(self) -> Iterator[list[ChannelPeriod]]:
        """Yield the periods of each channel, oldest first."""
        found: dict[str, list[ChannelPeriod]] = {}
        for period in self.channels:
            found.setdefault(period.channel, []).append(period)
        yield from found.values()


class NamedSite(msgspec.Struct, frozen=True):
    """A site by its name."""

    site: str
    name: str


class OtherOwnerSites(msgspec.Struct, frozen=True):
    """How many `sites` count bicycles for another owner, and some of them, `shown` by name."""

    owner: str
    name: str
    sites: int
    shown: tuple[NamedSite, ...]


async def of_others(store: NamedQueries, owner: str, most: int) -> list[OtherOwnerSites]:
    """Read who else than an owner counts bicycles, each with at most so many of its sites."""
    return await structs.every(store, OtherOwnerSites, "sites_of_others", owner=owner, most=most)


async def every(store: NamedQueries) -> list[PublishedSite]:
    """Read all sites."""
    return await structs.every(store, PublishedSite, "sites", site=None)


async def one(store: NamedQueries, site: str) -> PublishedSite | None:
    """Read one site, or None."""
    return await structs.first(store, PublishedSite, "sites", site=site)


class CountedYear(msgspec.Struct, frozen=True):
    """A year between the first and the last in which any site counted a mode, and whether one did."""

    year: int
    counted: bool


async def counted_years(store: NamedQueries, mode: str) -> list[CountedYear]:
    """Read the years from the first to the last in which any site counted a mode, the newest first."""
    return await structs.every(store, CountedYear, "counted_years", mode=mode)
