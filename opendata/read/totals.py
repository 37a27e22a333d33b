"""What all sites of an owner count together: today, this year, and beside what was counted before."""

from datetime import date, datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.owners import PublishedOwner


class SiteTotal(msgspec.Struct, frozen=True):
    """Cyclists at one site since midnight, how many seconds of that were measured, and how many could not be."""

    site: str
    name: str
    illustrative: bool
    origins: tuple[str, ...]
    total: float | None
    measured_seconds: float
    last_ended_at: datetime | None
    closed_seconds: float


class HourTotal(msgspec.Struct, frozen=True):
    """Cyclists in one hour at all `sites` together, with the seconds measured at each added up."""

    started_at: datetime
    ended_at: datetime
    value: float | None
    measured_seconds: float
    sites: int
    quality_flags: int = 0


class ComparedTotal(msgspec.Struct, frozen=True):
    """Cyclists in the quarters in which the same channels were measured both times, up to `until`.

    At `others`, a number of sites, other channels were: that is left out.
    """

    today: float | None
    before: float | None
    sites: int
    until: datetime | None
    others: int


class PeriodTotal(msgspec.Struct, frozen=True):
    """Cyclists of a range of days; `coverage` from 0 to 1, in which a day without a row was not measured.

    None where nothing was expected.
    """

    total: float | None
    coverage: float | None
    sites: int
    origins: tuple[str | None, ...] | None
    quality_flags: int = 0


class RollingYear(msgspec.Struct, frozen=True):
    """Cyclists of 52 weeks and of the 52 before, over the site-days on which the same channels were measured whole.

    At `others`, a number of sites, other channels were on some days: those are left out.
    """

    now: float | None
    before: float | None
    site_days: int
    sites: int
    others: int


class MonthTotal(msgspec.Struct, frozen=True):
    """Cyclists of one local month, which has `month` as its first day; `flagged` are the flags of each day with any."""

    month: date
    value: float | None
    valid: int
    expected: int
    quality_flags: int = 0
    flagged: tuple[int, ...] | None = None


async def today(store: NamedQueries, owner: PublishedOwner, midnight: datetime, now: datetime) -> list[SiteTotal]:
    """Read what each site of an owner that counts bicycles counted since a midnight."""
    return await structs.every(store, SiteTotal, "today_sites", owner=owner.owner, midnight=midnight, now=now)


async def hours(store: NamedQueries, owner: PublishedOwner, midnight: datetime, now: datetime) -> list[HourTotal]:
    """Read the same by the hour."""
    return await structs.every(store, HourTotal, "today_hours", owner=owner.owner, midnight=midnight, now=now)


async def compared(
    store: NamedQueries,
    owner: PublishedOwner,
    *,
    midnight: datetime,
    now: datetime,
    midnight_before: datetime,
    now_before: datetime,
) -> ComparedTotal | None:
    """Read today beside the same weekday a week before; None where nothing was measured both times.

    Where other channels were measured at all sites, `others` is all that is left.
    """
    found = await structs.first(
        store,
        ComparedTotal,
        "today_compared",
        owner=owner.owner,
        zone=owner.zone.key,
        midnight=midnight,
        now=now,
        midnight_before=midnight_before,
        now_before=now_before,
    )
    return found if found and (found.sites or found.others) else None


async def period(store: NamedQueries, owner: PublishedOwner, first: date, last: date) -> PeriodTotal:
    """Read all cyclists of the local days from the first to the last."""
    found = await structs.first(store, PeriodTotal, "period_total", owner=owner.owner, first=first, last=last)
    return found or PeriodTotal(None, None, 0, None)


async def rolling_year(store: NamedQueries, owner: PublishedOwner, last: date) -> RollingYear | None:
    """Read the 52 weeks that end with a day beside the 52 before; None where no day is in both.

    Where other channels were measured on all of these days, `others` is all that is left.
    """
    found = await structs.first(store, RollingYear, "rolling_total", owner=owner.owner, last=last)
    return found if found and (found.site_days or found.others) else None


async def months(store: NamedQueries, owner: PublishedOwner, first: date, last: date) -> list[MonthTotal]:
    """Read the cyclists of each local month of a range of days."""
    return await structs.every(store, MonthTotal, "month_totals", owner=owner.owner, first=first, last=last)
