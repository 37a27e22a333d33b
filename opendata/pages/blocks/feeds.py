"""How the sensors are doing."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.database import NamedQueries
from opendata.pages.moments import Moment
from opendata.read import feeds
from opendata.read.feeds import TroubledFeed


@dataclass(frozen=True)
class Feeds:
    """How the sensors are doing."""

    good: int
    total: int
    trouble: Sequence[TroubledFeed]


async def read(store: NamedQueries, moment: Moment) -> Feeds:
    """Count the feeds by their state."""
    counted = await feeds.summary(store, moment.now)
    total = sum(feeds for status, feeds in counted.items() if status != "maintenance")
    return Feeds(counted.get("ok", 0), total, await feeds.in_trouble(store, moment.now))
