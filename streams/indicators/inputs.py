"""What indicators are computed from: places that are due, and the questions that are asked about them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from streams.domain.coverage import enough
from streams.domain.indicators.indicator_value import SiteDay


class DuePlace(NamedTuple):
    """A place that is due, with the years whose days have moved; `facet` is a site's mode or a station's quantity."""

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


class StoredDay(NamedTuple):
    """A local day of a mode at a site as it is stored; `excluded` where an entry of the calendar says so.

    `morning` (07-09 h), `midday` (11-13 h), `busiest` hour and its busiest `quarter` are cyclists; None: not asked, or
    not whole. `channels` are those that were expected all day; None where they changed in it.
    """

    site: str
    day: date
    total: float | None
    paired: int
    expected: int
    excluded: bool
    morning: float | None
    midday: float | None
    busiest: float | None
    quarter: float | None
    channels: Sequence[str] | None

    @property
    def checked(self) -> SiteDay:
        """Give the day as arithmetic wants it: valid where enough was paired and nothing excludes it."""
        valid = enough(self.paired, self.expected) and not self.excluded
        channels = None if self.channels is None else tuple(self.channels)
        return SiteDay(self.day, self.total, valid, self.morning, self.midday, self.busiest, self.quarter, channels)


class BicycleKmLink(NamedTuple):
    """A link of a route in one period: its cyclists a day, valid of expected days, and the fine dust along it.

    `own_air` is the mean (ug/m3) of the districts at its ends, `air_of_all` the middle of all districts of the owners
    of the route's links; None where there is none.
    """

    route: str
    period: str
    first_day: date
    last_day: date
    name: str
    length: float
    green: bool
    measured: bool
    cyclists: float | None
    valid: int
    expected: int
    own_air: float | None
    air_of_all: float | None

    @property
    def air(self) -> float | None:
        """Give its own air; where there is none, that of all districts stands in."""
        return self.air_of_all if self.own_air is None else self.own_air


class Inputs(Protocol):
    """The questions that indicators ask of one owner's places, answered as of one moment.

    Days are local to the owner's time zone, first and last included.
    """

    owner: str
    zone: ZoneInfo

    async def site_days(
        self, sites: Sequence[str], mode: str, first: date, last: date, *, hours: bool = False
    ) -> Sequence[StoredDay]:
        """Give the stored days of some sites that are over, in order; what is needed of their hours where asked."""

    async def direction_days(
        self, mode: str, first: date, last: date, *, site: str | None = None, screenline: str | None = None
    ) -> Mapping[str, Mapping[date, float]]:
        """Give what each direction of a mode counted, by day: at a site, or over a whole screenline."""

    async def holidays(self, first: date, last: date) -> frozenset[date]:
        """Give the public and school holidays of the owner."""

    async def neighbours(self, site: str, mode: str, most: int) -> Sequence[str]:
        """Give the nearest other sites of the owner that count the same mode."""

    async def neighbour_of(self, site: str, mode: str, most: int) -> Sequence[str]:
        """Give the sites that have this one among their nearest."""

    async def links_of(self, site: str) -> Sequence[CountedLink]:
        """Give the links that have their cyclists from a site."""

    async def parallels(self, site: str) -> Sequence[Parallels]:
        """Give the screenlines that a link of this site crosses beside others."""

    async def chains(self, site: str) -> Sequence[ChainLink]:
        """Give the routes and connections that this site tells of, whole, link after link."""

    async def screenlines_of(self, site: str) -> Sequence[str]:
        """Give the screenlines that a site lies on."""

    async def joint_days(
        self, mode: str, back: str, first: date, last: date
    ) -> Sequence[tuple[date, float, float, Sequence[str]]]:
        """Give per day what all sites of the owner counted then and now, both valid; then is `back` before."""

    async def zone_of(self, kind: str, subject: str) -> ZoneInfo:
        """Give the time zone of whoever answers for a subject; `zone` where nobody does."""

    async def district_of(self, station: str) -> str | None:
        """Give the district of a station."""

    async def station_hours(
        self, station: str, quantity: str, first: datetime, until: datetime
    ) -> Mapping[datetime, float | None]:
        """Give the hourly means of a quantity at a station, from `first` up to `until`."""

    async def district_hours(
        self, district: str, quantity: str, first: datetime, until: datetime, zone: ZoneInfo
    ) -> Mapping[date, tuple[float, int]]:
        """Give by month in a zone, as its first day, the sum and the number of the hourly middles of a district."""

    async def district_stations(self, district: str, quantity: str) -> Sequence[str]:
        """Give the stations of a district that measure a quantity."""

    async def bicycle_km(self, place: DuePlace, years: Sequence[int]) -> Sequence[BicycleKmLink]:
        """Give the links of the routes that a place touches, by route, period and order."""
