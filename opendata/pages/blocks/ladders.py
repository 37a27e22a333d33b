"""Routes on their last day with indicators, link by link."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.database import NamedQueries, Row
from opendata.pages import progress
from opendata.pages.moments import Moment
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import herkomst


@dataclass(frozen=True)
class Ladder:
    """A route on its last day with indicators, link by link; of one that is `unprocessed` more may come."""

    route: Row
    links: Sequence[Row]
    unprocessed: bool

    @property
    def origins(self) -> list[str]:
        """Where the numbers come from."""
        return herkomst(self.route["origins"])

    @property
    def busiest(self) -> float:
        """The largest number of cyclists on a link, for the length of the bars."""
        return max((float(link["cyclists"]) for link in self.links if link["cyclists"] is not None), default=0) or 1.0


async def read(store: NamedQueries, moment: Moment, route: str | None = None) -> list[Ladder]:
    """Read the usage of the routes."""
    rows = await store.rows("ladder_days", today=moment.today, route=route)
    return [await _ladder(store, moment, row) for row in rows]


async def _ladder(store: NamedQueries, moment: Moment, route: Row) -> Ladder:
    links = await store.rows("ladder_links", route=route["route"], day=route["day"])
    if route["day"] is None:
        return Ladder(route, links, unprocessed=False)
    reached = await progress.read(store, moment, AnswerSubject("route", route["route"]), route["day"])
    return Ladder(route, links, unprocessed=reached.lacks(route["day"], route["day"]))
