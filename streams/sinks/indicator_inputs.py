"""Reading what indicators are computed from: stored days and hours, holidays, links and neighbours."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from streams.indicators.inputs import BicycleKmLink, ChainLink, CountedLink, DuePlace, Inputs, Parallels, StoredDay
from streams.sinks.connection import Connection, statements

_SQL: Final = statements("indicator_inputs.sql")


class StoredInputs(Inputs):
    """Questions to the database within one transaction, about what one owner answers for."""

    def __init__(self, connection: Connection, owner: str, timezone: str) -> None:
        self._connection = connection
        self.owner = owner
        self.zone = ZoneInfo(timezone)

    @classmethod
    async def of(cls, connection: Connection, place: DuePlace) -> "StoredInputs":
        """Begin: whose a place is; of one that stands nowhere any more there is nothing to be answered."""
        cursor = await connection.execute(_SQL["owner"], {"kind": place.kind, "subject": place.subject})
        return cls(connection, *(await cursor.fetchone() or ("", "UTC")))

    async def site_days(
        self, sites: Sequence[str], mode: str, first: date, last: date, *, hours: bool = False
    ) -> list[StoredDay]:
        """Give the stored days of some sites that are over, in order; what is needed of their hours where asked."""
        parameters = {"sites": list(sites), "mode": mode, "first": first, "last": last, "zone": self.zone.key}
        return [StoredDay(*row) for row in await self._rows("site_days", hours=hours, **parameters)]

    async def direction_days(
        self, mode: str, first: date, last: date, *, site: str | None = None, screenline: str | None = None
    ) -> Mapping[str, dict[date, float]]:
        """Give what each direction of a mode counted, by day: at a site, or over a whole screenline."""
        parameters = {"mode": mode, "first": first, "last": last, "site": site, "screenline": screenline}
        found: dict[str, dict[date, float]] = defaultdict(dict)
        for day, direction, total in await self._rows("direction_days", **parameters):
            found[direction][day] = total or 0.0
        return found

    async def holidays(self, first: date, last: date) -> frozenset[date]:
        """Give the public and school holidays of the owner."""
        return frozenset(await self._column("holidays", owner=self.owner, first=first, last=last))

    async def neighbours(self, site: str, mode: str, most: int) -> list[str]:
        """Give the nearest other sites of the owner that count the same mode."""
        return await self._column("neighbours", site=site, mode=mode, most=most)

    async def neighbour_of(self, site: str, mode: str, most: int) -> list[str]:
        """Give the sites that have this one among their nearest."""
        return await self._column("neighbour_of", site=site, mode=mode, most=most)

    async def links_of(self, site: str) -> list[CountedLink]:
        """Give the links that have their cyclists from a site."""
        return [CountedLink(*row) for row in await self._rows("links_of_site", site=site)]

    async def parallels(self, site: str) -> list[Parallels]:
        """Give the screenlines that a link of this site crosses beside others."""
        return [Parallels(*row) for row in await self._rows("parallel_links", site=site)]

    async def chains(self, site: str) -> list[ChainLink]:
        """Give the routes and connections that this site tells of, whole, link after link."""
        return [ChainLink(*row) for row in await self._rows("chains", site=site)]

    async def screenlines_of(self, site: str) -> list[str]:
        """Give the screenlines that a site lies on."""
        return await self._column("screenlines_of_site", site=site)

    async def joint_days(
        self, mode: str, back: str, first: date, last: date
    ) -> list[tuple[date, float, float, list[str]]]:
        """Give per day what all sites counted then and now, where both days were valid; then is `back` before."""
        parameters = {"owner": self.owner, "mode": mode, "back": back, "first": first, "last": last}
        return [(*row,) for row in await self._rows("joint_days", **parameters)]

    async def zone_of(self, kind: str, subject: str) -> ZoneInfo:
        """Give the time zone of whoever answers for a subject; `zone` where nobody does."""
        owners = await self._rows("owner", kind=kind, subject=subject)
        return ZoneInfo(owners[0][1]) if owners else self.zone

    async def district_of(self, station: str) -> str | None:
        """Give the district of a station."""
        return next(iter(await self._column("district_of_station", station=station)), None)

    async def station_hours(
        self, station: str, quantity: str, first: datetime, until: datetime
    ) -> Mapping[datetime, float | None]:
        """Give the hourly means of a quantity at a station, from `first` up to `until`."""
        parameters = {"station": station, "quantity": quantity, "from": first, "until": until}
        return dict(await self._rows("station_hours", **parameters))

    async def district_hours(
        self, district: str, quantity: str, first: datetime, until: datetime, zone: ZoneInfo
    ) -> Mapping[date, tuple[float, int]]:
        """Give by month in a zone, as its first day, the sum and the number of the hourly middles of a district."""
        parameters = {"district": district, "quantity": quantity, "from": first, "until": until, "zone": zone.key}
        return {month: (total, hours) for month, total, hours in await self._rows("district_hours", **parameters)}

    async def district_stations(self, district: str, quantity: str) -> list[str]:
        """Give the stations of a district that measure a quantity."""
        return await self._column("district_stations", district=district, quantity=quantity)

    async def bicycle_km(self, place: DuePlace, years: Sequence[int]) -> list[BicycleKmLink]:
        """Give the links of the routes that a place touches, by route, period and order."""
        parameters = {"kind": place.kind, "place": place.subject, "years": list(years)}
        return [BicycleKmLink(*row) for row in await self._rows("link_cyclists_links", **parameters)]

    async def _column(self, name: str, **values: object) -> list[Any]:
        return [value for (value,) in await self._rows(name, **values)]

    async def _rows(self, name: str, **values: object) -> list[tuple[Any, ...]]:
        return await (await self._connection.execute(_SQL[name], values)).fetchall()
