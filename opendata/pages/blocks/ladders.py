"""Routes on their last day with indicators, link by link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from opendata import read as readings
from opendata.pages import progress
from opendata.pages.moments import Moment
from opendata.read.links import LinkCounter, PublishedLink
from opendata.read.request import RequestReader
from opendata.read.routes import PublishedRoute
from opendata.read.states import AnswerSubject
from opendata.read.usage import LinkUsageDay, UsageDay

_BETWEEN: Final = " \u2013 "
"""What stands between the two ends of a link in its name."""
_BOTH: Final = 2


@dataclass(frozen=True)
class LadderLink:
    """One link of a route, with what was counted on it on the day, and by whom; `windows` are the hours of which."""

    link: PublishedLink
    counter: LinkCounter
    used: LinkUsageDay | None
    windows: Sequence[str]

    @property
    def cyclists(self) -> float | None:
        """Cyclists on the day, or None."""
        return self.used.cyclists if self.used else None

    @property
    def busy(self) -> float:
        """Cyclists on the day; none where nothing is known."""
        return self.cyclists or 0.0


@dataclass(frozen=True)
class Ladder:
    """A route on its last day with indicators, link by link; of one that is `unprocessed` more may come.

    `windows` are the hours of which the coverage is, where a counter cannot always measure.
    """

    route: PublishedRoute
    used: UsageDay | None
    rungs: Sequence[LadderLink]
    unprocessed: bool
    windows: Sequence[str] = ()

    @property
    def places(self) -> Sequence[str]:
        """Name the places that the links lead from and to, as a cyclist knows them: one more than there are links.

        Where each link is called by both ends and begins where the one before ended, these are its places; else those
        of the registry, which may be districts.
        """
        ends = [rung.link.name.split(_BETWEEN) for rung in self.rungs]
        named = all(len(one) == _BOTH for one in ends)
        if named and all(one[1] == after[0] for one, after in pairwise(ends)):
            return [*(one[0] for one in ends), *(one[1] for one in ends[-1:])]
        places = [rung.link.start_place for rung in self.rungs]
        return [*places, *(rung.link.end_place for rung in self.rungs[-1:])]

    @property
    def day(self) -> date | None:
        """The local day."""
        return self.used.day if self.used else None

    @property
    def origins(self) -> Sequence[str]:
        """Where the numbers come from."""
        return (self.used.origins if self.used else None) or ()

    @property
    def busiest(self) -> float:
        """The largest number of cyclists on a link, for the length of the bars."""
        return max((rung.busy for rung in self.rungs), default=0.0) or 1.0


async def read(reader: RequestReader, moment_of: Callable[[str], Moment]) -> list[Ladder]:
    """Read the usage of all routes, on days of their owners."""
    return [await of(reader, moment_of(one.owner), one) for one in await readings.routes.every(reader.store)]


async def of(reader: RequestReader, moment: Moment, route: PublishedRoute) -> Ladder:
    """Read the usage of one route."""
    counters = {one.link: one for one in await readings.links.counters(reader.store, route.route)}
    day = await readings.usage.newest_day(reader.store, route.route, moment.today)
    used = await _used(reader, moment, route.route, day) if day else None
    on = {one.link: one for one in used.links} if used else {}
    found = await _windows(reader, moment, AnswerSubject("route", route.route), day)
    windows = {
        link.link: await _windows(reader, moment, AnswerSubject("link", link.link), day) if found else ()
        for link in route.links
    }
    rungs = [LadderLink(link, counters[link.link], on.get(link.link), windows[link.link]) for link in route.links]
    if day is None:
        return Ladder(route, None, rungs, unprocessed=False)
    reached = await progress.read(reader, moment, AnswerSubject("route", route.route), day)
    return Ladder(route, used, rungs, unprocessed=reached.lacks(day, day), windows=found)


async def _windows(reader: RequestReader, moment: Moment, about: AnswerSubject, day: date | None) -> Sequence[str]:
    if day is None:
        return ()
    start, end = moment.start_of(day), moment.start_of(day + timedelta(days=1))
    return await readings.measuring_windows.read(reader.store, about, start, end)


async def _used(reader: RequestReader, moment: Moment, route: str, day: date) -> UsageDay:
    series = readings.usage.series(route, zone=moment.zone)
    start, end = moment.start_of(day), moment.start_of(day + timedelta(days=1))
    (used,) = await series.rows(reader.store, start, end)
    return used
