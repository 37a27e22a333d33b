"""What figures are reckoned from: stored days, holidays, links and neighbours, as the pure arithmetic wants them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.domain.coverage import enough
from streams.domain.figures.figure import SiteDay
from streams.sinks.connection import Connection, statements

SQL: Final = statements("reckon.sql")


class Claim(NamedTuple):
    """A place that is due, with the years whose days have moved."""

    kind: str
    subject: str
    facet: str
    years: Sequence[int]


class CountedLink(NamedTuple):
    """A link that takes its cyclists from a site: counted there, or assumed; `length` in km."""

    link: str
    length: float
    measured: bool
    opened: date | None
    counted_on: str


class Parallels(NamedTuple):
    """The measured links on one screenline, each with its site."""

    screenline: str
    links: Sequence[str]
    sites: Sequence[str]


class ChainLink(NamedTuple):
    """One link of a route or a connection, and the site whose cyclists it has; `length` in km."""

    kind: str
    subject: str
    link: str
    name: str
    length: float
    green: bool
    measured: bool
    site: str | None


class Facts:
    """Questions to the database within one transaction."""

    def __init__(self, connection: Connection, municipality: str, timezone: str) -> None:
        self._connection = connection
        self.municipality = municipality
        self.zone = ZoneInfo(timezone)

    @classmethod
    async def of(cls, connection: Connection) -> "Facts":
        """Begin: whose facts they are."""
        row = await (await connection.execute(SQL["municipality"])).fetchone() or ("", "Europe/Amsterdam")
        return cls(connection, *row)

    async def rows(self, name: str, **values: object) -> list[tuple[Any, ...]]:
        """Ask one named question."""
        return await (await self._connection.execute(SQL[name], values)).fetchall()

    async def write_figures(self, rows: str, scopes: str) -> None:
        """Write figures and what they are all of, given as JSON; what they already say is left alone."""
        await self._connection.execute(SQL["withdraw_figures"], {"rows": rows, "scopes": scopes})
        await self._connection.execute(SQL["put_figures"], {"rows": rows})

    async def put_back(self, claim: Claim) -> None:
        """Mark a place again that could not be reckoned."""
        await self._connection.execute(SQL["put_back"], {**claim._asdict(), "years": list(claim.years)})

    async def claim(self, places: int) -> list[Claim]:
        """Take some places that are due."""
        return [Claim(*row) for row in await self.rows("claim", places=places)]

    async def at_midnight(self, site: str, mode: str) -> None:
        """Have a site reckoned again when its running day is over."""
        await self._connection.execute(SQL["at_midnight"], {"site": site, "mode": mode})

    async def site_days(
        self, sites: Sequence[str], mode: str, first: date, last: date, *, hours: bool = False
    ) -> Mapping[str, list[SiteDay]]:
        """Give the tallied days of some sites in order, with what is needed of their hours only where asked."""
        found: dict[str, list[SiteDay]] = defaultdict(list)
        asked = {"sites": list(sites), "mode": mode, "first": first, "last": last, "zone": self.zone.key}
        for site, day, total, paired, expected, excluded, *rest in await self.rows("site_days", hours=hours, **asked):
            valid = enough(paired, expected) and not excluded
            found[site].append(SiteDay(day, total, valid, *rest))
        return found

    async def direction_days(
        self, mode: str, first: date, last: date, *, site: str | None = None, screenline: str | None = None
    ) -> Mapping[str, dict[date, float]]:
        """Give what each direction of a mode counted, by day: at a site, or over a whole screenline."""
        asked = {"mode": mode, "first": first, "last": last, "site": site, "screenline": screenline}
        found: dict[str, dict[date, float]] = defaultdict(dict)
        for day, direction, total in await self.rows("direction_days", **asked):
            found[direction][day] = total or 0.0
        return found

    async def holidays(self, first: date, last: date) -> frozenset[date]:
        """Give the public and school holidays."""
        return frozenset(day for (day,) in await self.rows("holidays", first=first, last=last))

    async def neighbours(self, site: str, mode: str, most: int) -> list[str]:
        """Give the nearest other sites that count the same mode."""
        return [name for (name,) in await self.rows("neighbours", site=site, mode=mode, most=most)]

    async def looking_at(self, site: str, mode: str, most: int) -> list[str]:
        """Give the sites that have this one among their nearest."""
        return [name for (name,) in await self.rows("looking_at", site=site, mode=mode, most=most)]

    async def links_of(self, site: str) -> list[CountedLink]:
        """Give the links that have their cyclists from a site."""
        return [CountedLink(*row) for row in await self.rows("links_of_site", site=site)]

    async def parallels(self, site: str) -> list[Parallels]:
        """Give the screenlines that a link of this site crosses beside others."""
        return [Parallels(*row) for row in await self.rows("parallel_links", site=site)]

    async def chains(self, site: str) -> Mapping[tuple[str, str], list[ChainLink]]:
        """Give the routes and connections that this site tells of, whole, by kind and subject."""
        found: dict[tuple[str, str], list[ChainLink]] = defaultdict(list)
        for row in await self.rows("chains", site=site):
            found[row[0], row[1]].append(ChainLink(*row))
        return found

    async def city_pairs(
        self, mode: str, back: str, first: date, last: date
    ) -> list[tuple[date, float, float, list[str]]]:
        """Give per day what all sites counted then and now, where both days were valid."""
        return [tuple(row) for row in await self.rows("city_pairs", mode=mode, back=back, first=first, last=last)]
