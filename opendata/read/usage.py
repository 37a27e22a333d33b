"""How routes are used on local days, with each of their links."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.buckets import Bucket
from opendata.read.series import Series
from opendata.read.states import AnswerSubject
from schemas.reasons import Reason


class LinkUsageDay(msgspec.Struct, frozen=True):
    """Cyclists on one link on one day in both directions, `measured` on it or taken from the link `counted_on`."""

    link: str
    name: str
    length_km: float
    green: bool
    cyclists: float | None
    measured: bool
    counted_on: str
    valid: int
    expected: int
    reason: Reason | None
    quality_flags: int = 0
    flagged: tuple[int, ...] | None = None

    @property
    def coverage(self) -> float | None:
        """Which part of what was expected was measured, from 0 to 1; None where nothing was expected."""
        return min(1.0, self.valid / self.expected) if self.expected else None


class UsageDay(Bucket, frozen=True):
    """Kilometres and cyclists per day of a route; ratios are fractions."""

    bicycle_km: float | None
    measured_bicycle_km: float | None
    length_km: float | None
    measured_km: float | None
    assumed_km: float | None
    missing_km: float | None
    mean_cyclists: float | None
    through_ratio: float | None
    uniformity: float | None
    green_share: float | None
    links: tuple[LinkUsageDay, ...]


async def begins_at(store: NamedQueries, route: str) -> datetime | None:
    """Read where the first day of a route begins."""
    return await structs.only(store, datetime, "usage_start", route=route)


async def newest_day(store: NamedQueries, route: str, before: date) -> date | None:
    """Read the newest day before one of which a route has bicycle-kilometres, else the newest that was computed."""
    return await structs.only(store, date, "usage_newest", route=route, before=before)


def series(route: str, *, zone: ZoneInfo, at: datetime | None = None) -> Series[UsageDay]:
    """Give the days of a route."""
    return Series(
        about=AnswerSubject("route", route),
        query="usage_days",
        kind=UsageDay,
        number="bicycle_km",
        at=at,
        values={"route": route, "zone": zone.key},
    )
