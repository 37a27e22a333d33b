"""What sites count on local days: as they are stored, and anew where flags say more or where nothing is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.local_days import midnight
from opendata.read import counts, structs
from opendata.read.counts import CountRow
from opendata.read.series import Series
from opendata.read.site_counts import RowPlace, SiteCountRow, SiteCounts, SiteRange
from schemas.reasons import Reason, reason

_DAY: Final = timedelta(days=1)
_BEFORE_ALL: Final = datetime(1900, 1, 1, tzinfo=UTC)


class ExpectedPeriod(msgspec.Struct, frozen=True):
    """From when until when the same channels are expected; none while a mode is not counted."""

    valid_from: datetime
    valid_until: datetime
    counted: bool
    channels: tuple[Mapping[str, str], ...] | None


class OriginPeriod(msgspec.Struct, frozen=True):
    """From when until when equipment of an origin was there."""

    valid_from: datetime
    valid_until: datetime
    origin: str


class ExpectedSite(msgspec.Struct, frozen=True):
    """What is expected of one mode at a site."""

    site: str
    expected: tuple[ExpectedPeriod, ...] | None
    origins: tuple[OriginPeriod, ...] | None


class StoredSiteDay(NamedTuple):
    """A day that was added up (`api.stored_days`)."""

    site: str
    day: date
    started_at: datetime
    ended_at: datetime
    value: float | None
    paired: int
    expected: int
    quality_flags: int
    revision: int
    computed_at: datetime
    whole: Sequence[str] | None
    received: Sequence[str] | None


class OwnerDay(NamedTuple):
    """A local day and when it begins and ends, in UTC."""

    day: date
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class SiteDaySeries(Series[CountRow]):
    """The days of one mode at a site as they are now; `registry` is asked what rests on the registry alone."""

    registry: NamedQueries
    zone: ZoneInfo

    async def rows(self, store: NamedQueries, start: datetime, end: datetime) -> list[CountRow]:
        """Read the days that begin in [start, end)."""
        wanted = [SiteRange(self.about.name, self.zone, start, end)]
        return [*await read(store, self.registry, self.values["mode"], wanted)]


@dataclass(frozen=True, kw_only=True)
class SiteDayCounts(SiteCounts):
    """The days of one mode at several sites as they are now; `registry` is asked what rests on that alone."""

    registry: NamedQueries

    async def rows(self, store: NamedQueries, after: RowPlace, most: int) -> list[SiteCountRow]:
        """Read the rows after a place, in order, at most so many."""
        found = await read(store, self.registry, self.mode, self.ranges)
        return [row for row in found if (row.started_at, row.site) > after][:most]


def series(site: str, mode: str, *, registry: NamedQueries, zone: ZoneInfo, now: datetime) -> SiteDaySeries:
    """Give the days of one mode at a site as they are now, in all directions together."""
    plain = counts.series(site, mode, "day", zone=zone, now=now)
    return SiteDaySeries(
        about=plain.about, query=plain.query, kind=plain.kind, values=plain.values, registry=registry, zone=zone
    )


async def read(
    store: NamedQueries, registry: NamedQueries, mode: str, ranges: Sequence[SiteRange]
) -> list[SiteCountRow]:
    """Read the days that begin in the range of each site, by time and site.

    `registry` is asked what rests on the registry alone. A day that has no row, or of which flags say more than its
    number, is read as `SiteCounts` reads it.
    """
    sites = sorted({one.site for one in ranges})
    expected = {
        one.site: one for one in await structs.every(registry, ExpectedSite, "day_expectations", sites=sites, mode=mode)
    }
    days = {one: _local_days(one.zone, one.start, one.end) for one in ranges}
    wanted = [one for one in ranges if days[one]]
    if not wanted:
        return []
    first, last = min(days[one][0].day for one in wanted), max(days[one][-1].day for one in wanted)
    _, rows = await store.table("stored_days", sites=sites, mode=mode, first_day=first, until_day=last + _DAY)
    lacking = sorted({row[0] for row in rows if row[5] < row[6]})
    spoken = await _channels(store, mode, lacking, first, last) if lacking else {}
    stored = {
        (row[0], row[1]): StoredSiteDay._make((*row, *spoken.get((row[0], row[1]), (None, None)))) for row in rows
    }
    found: list[SiteCountRow] = []
    unclear: list[SiteRange] = []
    for one in wanted:
        site = _SiteDays(expected[one.site])
        left = [day for day in days[one] if not site.put(stored.get((one.site, day.day)), day, found)]
        if left:
            unclear.append(one._replace(start=left[0].started_at, end=left[-1].ended_at))
    if unclear:
        known = {(row.site, row.day) for row in found}
        anew = SiteCounts(mode=mode, width="day", ranges=unclear)
        most = sum(len(days[one]) for one in wanted)
        rest = await anew.rows(store, RowPlace(_BEFORE_ALL), most)
        found += [row for row in rest if (row.site, row.day) not in known]
    found.sort(key=lambda row: (row.started_at, row.site))
    return found


async def _channels(
    store: NamedQueries, mode: str, sites: Sequence[str], first: date, last: date
) -> Mapping[tuple[str, date], tuple[Sequence[str] | None, Sequence[str] | None]]:
    """Read which channels were whole on each day of sites, and of which all was received."""
    _, rows = await store.table("channel_days", sites=sites, mode=mode, first_day=first, until_day=last + _DAY)
    return {(site, day): (whole, received) for site, day, whole, received in rows}


class _SiteDays:
    """Makes the rows of one site."""

    def __init__(self, known: ExpectedSite) -> None:
        """Take what is expected of it."""
        self._known = known
        self._reasons: dict[tuple[object, ...], Reason | None] = {}

    def put(self, stored: StoredSiteDay | None, day: OwnerDay, rows: list[SiteCountRow]) -> bool:
        """Add the row of a day, where anything is expected of it; tell whether what is stored says all of it."""
        periods = tuple(_overlapping(self._known.expected or (), day))
        if not periods:
            return True
        if stored is None or stored.quality_flags:
            return False
        rows.append(
            SiteCountRow(
                site=stored.site,
                started_at=stored.started_at,
                ended_at=stored.ended_at,
                day=stored.day,
                value=stored.value,
                valid=stored.paired,
                expected=stored.expected,
                reason=self._reason(stored, periods) if stored.paired < stored.expected else None,
                quality_flags=0,
                origins=tuple(sorted({one.origin for one in _overlapping(self._known.origins or (), day)})) or None,
                revision=stored.revision,
                revised_at=stored.computed_at,
            )
        )
        return True

    def _reason(self, stored: StoredSiteDay, periods: tuple[ExpectedPeriod, ...]) -> Reason | None:
        """Say which channels are not whole, and whether all of them was received; each answer is made once."""
        whole, received = tuple(stored.whole or ()), tuple(stored.received or ())
        key = (tuple(one.valid_from for one in periods), whole, received)
        if key not in self._reasons:
            expected = {one["channel"]: one for period in periods if period.counted for one in period.channels or ()}
            missing = [
                {
                    "mode": one["mode"],
                    "direction": one["direction"],
                    "why": "no_valid_reading" if one["channel"] in received else "not_received",
                }
                for one in sorted(expected.values(), key=lambda one: (one["mode"], one["direction"]))
                if one["channel"] not in whole
            ]
            self._reasons[key] = reason("channels_incomplete", missing=missing) if missing else None
        return self._reasons[key]


P = TypeVar("P", ExpectedPeriod, OriginPeriod)


def _overlapping(periods: Sequence[P], day: OwnerDay) -> Iterator[P]:
    return (one for one in periods if one.valid_from < day.ended_at and day.started_at < one.valid_until)


@lru_cache(64)
def _local_days(zone: ZoneInfo, start: datetime, end: datetime) -> Sequence[OwnerDay]:
    """Give the local days of a zone that begin in [start, end) of UTC."""
    day = start.astimezone(zone).date()
    begins = midnight(day, zone)
    found = []
    while begins < end:
        following = midnight(day + _DAY, zone)
        if begins >= start:
            found.append(OwnerDay(day, begins, following))
        day, begins = day + _DAY, following
    return tuple(found)
