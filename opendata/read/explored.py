"""What the explorer of a place reads: its local days, its hours of the week, its busiest hours, one row each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.local_days import midnight
from opendata.read import structs
from schemas.reasons import Reason

ExploredKind: TypeAlias = Literal["site", "screenline", "link", "route", "station", "district"]
"""What can be explored."""

_DAYS: Final[Mapping[ExploredKind, str]] = {
    "site": "explored_site_days",
    "district": "explored_site_days",
    "screenline": "explored_share_days",
    "link": "explored_link_days",
    "route": "explored_route_days",
    "station": "explored_station_days",
}
_WEEKS: Final[Mapping[ExploredKind, str]] = {
    "site": "explored_site_week",
    "district": "explored_site_week",
    "screenline": "explored_share_week",
    "station": "explored_station_week",
}
WITH_HOURS: Final = frozenset(_WEEKS)
"""Kinds of which hours are stored."""
_TOGETHER: Final = 24
"""Hours that are paired anew by one question."""


class ExploredDay(msgspec.Struct, frozen=True, kw_only=True):
    """One local day of one place: a count, a mean, or bicycles (`value`) out of all passages (`base`).

    Of `expected` intervals `valid` were measured. `channels` name what counted all day, None where that changed in the
    day; days of other channels cannot be compared. `assumed` where the number is taken from elsewhere.
    """

    place: str
    day: date
    started_at: datetime
    ended_at: datetime
    value: float | None
    base: float | None = None
    valid: int
    expected: int
    channels: str | None = None
    quality_flags: int = 0
    origins: tuple[str, ...] | None = None
    assumed: bool = False


class WeekHour(msgspec.Struct, frozen=True):
    """The sums of one hour of the week over `valid` hours, of `expected`; `weekday` 1 is Monday."""

    weekday: int
    hour: int
    value: float | None
    base: float | None
    valid: int
    expected: int


class BusyBucket(msgspec.Struct, frozen=True):
    """Passages in one of the busiest hours or quarters, [`started_at`, `ended_at`) in UTC."""

    started_at: datetime
    ended_at: datetime
    value: float
    valid: int
    expected: int


class _QuarterHour(msgspec.Struct, frozen=True):
    """An hour with rows of so many minutes, and the most that one of them can hold."""

    hour: datetime
    minutes: int
    most: float


class CalibratedShare(msgspec.Struct, frozen=True):
    """A share of sums, from 0 to 1, with its Wilson interval and its range by calibration; else why there is none."""

    share: float | None
    low: float | None
    high: float | None
    calibrated_low: float | None
    calibrated_high: float | None
    reason: Reason | None


class ShareSum(msgspec.Struct, frozen=True):
    """Bicycles out of all passages, in `valid` of `expected` intervals."""

    numerator: float
    denominator: float
    valid: int
    expected: int


@dataclass(frozen=True, kw_only=True)
class ExploredSeries:
    """The rows of one place: of a mode, a denominator or a quantity (`facet`), in one direction or in all.

    `places` are the sites that a district has; else the place itself.
    """

    kind: ExploredKind
    name: str
    facet: str
    places: Sequence[str]
    zone: ZoneInfo
    now: datetime
    direction: str | None = None

    async def days(self, store: NamedQueries, first: date, last: date) -> list[ExploredDay]:
        """Read the local days from the first to the last that are over."""
        query = "explored_direction_days" if self.direction else _DAYS[self.kind]
        return await structs.every(store, ExploredDay, query, **self._values, **self._range(first, last))

    async def week(self, store: NamedQueries, days: Sequence[date]) -> list[WeekHour]:
        """Read each hour of the week over some local days, of which there must be one at least."""
        query = "explored_direction_week" if self.direction else _WEEKS[self.kind]
        return await structs.every(store, WeekHour, query, **self._values, **self._of_days(days))

    async def busiest_hours(self, store: NamedQueries, days: Sequence[date], most: int) -> list[BusyBucket]:
        """Read the busiest hours of some local days of a site."""
        query = "explored_busiest_hours"
        return await structs.every(store, BusyBucket, query, **self._values, **self._of_days(days), most=most)

    async def busiest_quarter(self, store: NamedQueries, days: Sequence[date]) -> BusyBucket | None:
        """Read the busiest quarter of some local days of a site; of a site without whole quarters its shortest rows."""
        query = "explored_quarter_hours"
        hours = await structs.every(store, _QuarterHour, query, **self._values, **self._of_days(days))
        for _, some in groupby(hours, key=lambda one: one.minutes):
            if found := await self._busiest_of(store, list(some)):
                return found
        return None

    async def _busiest_of(self, store: NamedQueries, hours: Sequence["_QuarterHour"]) -> BusyBucket | None:
        """Pair hours anew, those that can hold most first, until no other can hold more than was found."""
        best: BusyBucket | None = None
        for begin in range(0, len(hours), _TOGETHER):
            if best is not None and hours[begin].most <= best.value:
                break
            some = [one.hour for one in hours[begin : begin + _TOGETHER]]
            found = await structs.first(store, BusyBucket, "explored_quarters_of_hours", **self._values, hours=some)
            if found is not None and (best is None or found.value > best.value):
                best = found
        return best

    @property
    def _values(self) -> dict[str, Any]:
        return {
            "place": self.name,
            "places": list(self.places),
            "facet": self.facet,
            "direction": self.direction,
            "zone": self.zone.key,
            "now": self.now,
        }

    def _range(self, first: date, last: date) -> dict[str, Any]:
        return {
            "first": first,
            "last": last,
            "start": midnight(first, self.zone),
            "end": midnight(last + timedelta(days=1), self.zone),
        }

    def _of_days(self, days: Sequence[date]) -> dict[str, Any]:
        return {"days": list(days), **self._range(min(days), max(days))}


async def shares(store: NamedQueries, owner: str, sums: Sequence[ShareSum]) -> list[CalibratedShare]:
    """Read what may be published of sums, in their order, by the calibration of an owner."""
    return await structs.every(
        store,
        CalibratedShare,
        "shares_of_sums",
        owner=owner,
        numerators=[float(one.numerator) for one in sums],
        denominators=[float(one.denominator) for one in sums],
        valid=[one.valid for one in sums],
        expected=[one.expected for one in sums],
    )
