"""Numbers that changed, in the order in which they did."""

from datetime import date, datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from schemas.reasons import Reason


class PublishedChange(msgspec.Struct, frozen=True):
    """One number that changed at `computed_at`, with the one before; `key` tells where it stands in the order."""

    kind: str
    subject: str
    indicator: str
    facet: str
    period: str
    started_at: datetime
    part: int
    value: float | None
    value_before: float | None
    withheld: Reason | None
    revision: int
    rule: str
    computed_at: datetime
    key: str


class CorrectedDay(msgspec.Struct, frozen=True):
    """A local day of one mode at a site that has another number since `corrected_at` than it had when it was over."""

    site: str
    name: str
    mode: str
    day: date
    value_before: float | None
    value: float | None
    corrected_at: datetime


async def corrected_days(store: NamedQueries, since: datetime, most: int) -> list[CorrectedDay]:
    """Read the days of sites that were corrected since a moment, the newest correction first, at most so many."""
    return await structs.every(store, CorrectedDay, "corrected_days", since=since, most=most)


async def newest(store: NamedQueries) -> datetime | None:
    """Read the newest moment at which something changed."""
    return await structs.only(store, datetime, "newest_change")


async def page(
    store: NamedQueries,
    *,
    since: datetime,
    until: datetime,
    begin: datetime | None,
    after: str | None,
    most: int,
    kind: str | None = None,
    indicator: str | None = None,
) -> list[PublishedChange]:
    """Read at most so many changes of (since, until]; a page that goes on is `after` a key of the moment `begin`."""
    bounds = {"from": begin, "since": since, "until": until, "after": after, "limit": most}
    return await structs.every(store, PublishedChange, "changes", **bounds, kind=kind, indicator=indicator)
