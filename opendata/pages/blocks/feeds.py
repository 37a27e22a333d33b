"""How the sensors are doing."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.database import NamedQueries, Row
from opendata.pages.moments import Moment


@dataclass(frozen=True)
class Feeds:
    """How the sensors are doing."""

    good: int
    total: int
    trouble: Sequence[Row]


async def read(store: NamedQueries, moment: Moment) -> Feeds:
    """Count the feeds by their state."""
    rows = {row["status"]: row["feeds"] for row in await store.rows("feed_summary", now=moment.now)}
    trouble = await store.rows("feeds_in_trouble", now=moment.now)
    return Feeds(rows.get("good", 0), sum(rows.values()), trouble)
