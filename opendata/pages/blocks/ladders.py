"""Routes on their last day with indicators, link by link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from opendata import read as readings
from opendata.pages import measuring_windows, progress
from opendata.pages.moments import Moment
from opendata.read.links import LinkCounter, PublishedLink
from opendata.read.request import RequestReader
from opendata.read.routes import PublishedRoute
from opendata.read.states import AnswerSubject
from opendata.read.usage import LinkUsageDay, UsageDay
from opendata.vocabulary import herkomst


@dataclass(frozen=True)
class LadderLink:
    """One link of a route, with what was counted on it on the day, and by whom; `window` says of which hours."""

    link: PublishedLink
    counter: LinkCounter
    used: LinkUsageDay | None
    window: str

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

    `window` says of which hours the coverage is where a counter cannot always measure.
    """

    route: PublishedRoute
    used: UsageDay | None
    rungs: Sequence[LadderLink]
    unprocessed: bool
    window: str = ""

    @property
    def day(self) -> date | None:
        """The local day."""
        return self.used.day if self.used else None

    @property
    def origins(self) -> list[str]:
        """Where the numbers come from."""
        return herkomst(self.used.origins if self.used else None)

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
    window = await _window(reader, moment, AnswerSubject("route", route.route), day)
    windows = {
        link.link: await _window(reader, moment, AnswerSubject("link", link.link), day) if window else ""
        for link in route.links
    }
    rungs = [LadderLink(link, counters[link.link], on.get(link.link), windows[link.link]) for link in route.links]
    if day is None:
        return Ladder(route, None, rungs, unprocessed=False)
    reached = await progress.read(reader, moment, AnswerSubject("route", route.route), day)
    return Ladder(route, used, rungs, unprocessed=reached.lacks(day, day), window=window)


async def _window(reader: RequestReader, moment: Moment, about: AnswerSubject, day: date | None) -> str:
    if day is None:
        return ""
    start, end = moment.start_of(day), moment.start_of(day + timedelta(days=1))
    return await measuring_windows.words(reader.store, about, start, end)


async def _used(reader: RequestReader, moment: Moment, route: str, day: date) -> UsageDay:
    series = readings.usage.series(route, zone=moment.zone)
    start, end = moment.start_of(day), moment.start_of(day + timedelta(days=1))
    (used,) = await series.rows(reader.store, start, end)
    return used
