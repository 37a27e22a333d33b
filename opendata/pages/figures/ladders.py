"""Routes on their last day with figures, link by link."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.database import Row, Store
from opendata.pages.moments import Moment
from opendata.words import herkomst


@dataclass(frozen=True)
class Ladder:
    """A route on its last day with figures, link by link."""

    route: Row
    links: Sequence[Row]

    @property
    def origins(self) -> list[str]:
        """Where the numbers come from."""
        return herkomst(self.route["origins"])

    @property
    def busiest(self) -> float:
        """The largest number of cyclists on a link, for the length of the bars."""
        return max((float(link["cyclists"]) for link in self.links if link["cyclists"] is not None), default=0) or 1.0


async def read(store: Store, moment: Moment, route: str | None = None) -> list[Ladder]:
    """Read the usage of the routes."""
    rows = await store.rows("ladder_days", today=moment.today, route=route)
    return [Ladder(row, await store.rows("ladder_links", route=row["route"], day=row["day"])) for row in rows]
