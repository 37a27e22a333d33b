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
    return Feeds(counted.get("good", 0), sum(counted.values()), await feeds.in_trouble(store, moment.now))
