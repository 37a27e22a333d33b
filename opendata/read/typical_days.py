"""What is usual on a working day: cyclists at sites and on links, over the working days of the last 52 weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.links import PublishedLink
from opendata.read.owners import PublishedOwner

WEEKS: Final = 52
"""How many weeks are looked back: every season and every weekday once, so that the month says nothing."""
NEEDED_DAYS: Final = 10
"""With fewer valid working days there is no mean."""
NEEDED_PAIRS: Final = 7
"""With fewer site-days in both years there is no comparison; as in the indicators of growth."""


@dataclass(frozen=True)
class TypicalPeriod:
    """The local days [`first`, `last`] over which is looked."""

    first: date
    last: date

    @classmethod
    def until(cls, last: date) -> "TypicalPeriod":
        """Give the 52 weeks that end with a local day."""
        return cls(last - timedelta(days=7 * WEEKS - 1), last)

    @property
    def values(self) -> dict[str, Any]:
        """What the queries call it."""
        return {"first": self.first, "last": self.last}


class TypicalSite(msgspec.Struct, frozen=True):
    """Cyclists at a site on a typical working day, None with too few days: `days` of `expected` were valid."""

    site: str
    owner: str
    cyclists: float | None
    days: int
    expected: int
    origins: tuple[str, ...]

    @property
    def coverage(self) -> float | None:
        """Which part of the working days was measured, from 0 to 1; None where none was expected."""
        return self.days / self.expected if self.expected else None


class TypicalLink(msgspec.Struct, frozen=True):
    """Cyclists on a link likewise, in both directions; one that is not `measured` is assumed from another link."""

    link: str
    cyclists: float | None
    days: int
    expected: int
    measured: bool

    @property
    def coverage(self) -> float | None:
        """Which part of the working days was measured, from 0 to 1; None where none was expected."""
        return self.days / self.expected if self.expected else None


class TypicalChange(msgspec.Struct, frozen=True):
    """Cyclists on working days and on the same weekdays 52 weeks before, of the same channels only.

    Sites with other channels, `others`, are left out.
    """

    now: float | None
    before: float | None
    site_days: int
    sites: int
    others: int

    @property
    def growth(self) -> float | None:
        """Which fraction it is more or less than before; None where too little was measured both times."""
        if self.now is None or not self.before or self.site_days < NEEDED_PAIRS:
            return None
        return float(self.now) / float(self.before) - 1


@dataclass(frozen=True)
class TypicalTotal:
    """All sites together: `cyclists` is the sum of those that have a number; some may be `missing` one."""

    cyclists: float | None
    sites: int
    missing: int
    days: int
    expected: int
    origins: frozenset[str]

    @property
    def coverage(self) -> float | None:
        """Which part of the working days of these sites was measured, from 0 to 1."""
        return self.days / self.expected if self.expected else None


@dataclass(frozen=True)
class TypicalNetwork:
    """Links together: kilometres, and the mean of cyclists over the kilometres of which the number is known."""

    links: int
    length_km: float
    green_km: float
    known_km: float
    bicycle_km: float

    @property
    def green(self) -> float | None:
        """The green part of its length, from 0 to 1."""
        return self.green_km / self.length_km if self.length_km else None

    @property
    def mean_cyclists(self) -> float | None:
        """Cyclists on a typical working day, weighted by length."""
        return self.bicycle_km / self.known_km if self.known_km else None


async def sites(store: NamedQueries, period: TypicalPeriod) -> dict[str, TypicalSite]:
    """Read every site that counts bicycles, of all owners, by its id."""
    found = await structs.every(store, TypicalSite, "typical_sites", needed=NEEDED_DAYS, **period.values)
    return {one.site: one for one in found}


async def links(store: NamedQueries, period: TypicalPeriod) -> dict[str, TypicalLink]:
    """Read every link, of all owners, by its id."""
    found = await structs.every(store, TypicalLink, "typical_links", needed=NEEDED_DAYS, **period.values)
    return {one.link: one for one in found}


async def change(store: NamedQueries, owner: PublishedOwner, period: TypicalPeriod) -> TypicalChange:
    """Read how working days at all sites of an owner changed."""
    found = await structs.first(store, TypicalChange, "typical_change", owner=owner.owner, **period.values)
    return found or TypicalChange(None, None, 0, 0, 0)


def together(counted: Iterable[TypicalSite]) -> TypicalTotal:
    """Add up sites."""
    every = list(counted)
    known = [one for one in every if one.cyclists is not None]
    return TypicalTotal(
        cyclists=sum(one.cyclists or 0.0 for one in known) if known else None,
        sites=len(known),
        missing=len(every) - len(known),
        days=sum(one.days for one in known),
        expected=sum(one.expected for one in known),
        origins=frozenset(origin for one in known for origin in one.origins),
    )


def network(chosen: Iterable[PublishedLink], used: dict[str, TypicalLink]) -> TypicalNetwork:
    """Put links together."""
    every = list(chosen)
    known = [(one, used[one.link].cyclists) for one in every if one.link in used]
    counted = [(one.length_km, cyclists) for one, cyclists in known if cyclists is not None]
    return TypicalNetwork(
        links=len(every),
        length_km=sum(one.length_km for one in every),
        green_km=sum(one.length_km for one in every if one.green),
        known_km=sum(length for length, _ in counted),
        bicycle_km=sum(length * cyclists for length, cyclists in counted),
    )
