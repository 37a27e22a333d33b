"""How the sensors are doing."""

from datetime import datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class FeedCount(msgspec.Struct, frozen=True):
    """How many feeds are in one state."""

    status: str
    feeds: int


class TroubledFeed(msgspec.Struct, frozen=True):
    """A feed with which somebody has something to do; one of its intervals is `seconds` long."""

    place_name: str
    quantity: str
    status: str
    last_ended_at: datetime | None
    seconds: int


async def summary(store: NamedQueries, now: datetime) -> dict[str, int]:
    """Count the feeds by their state."""
    return {one.status: one.feeds for one in await structs.every(store, FeedCount, "feed_summary", now=now)}


async def in_trouble(store: NamedQueries, now: datetime) -> list[TroubledFeed]:
    """Read the feeds that are in trouble, worst first, at most twelve."""
    return await structs.every(store, TroubledFeed, "feeds_in_trouble", now=now)
