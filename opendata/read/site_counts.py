"""What several sites count, in one question each: the sites, their rows, and what the rows rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from psycopg.types.multirange import TimestamptzMultirange

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.buckets import BEGINS, Width, known_at
from opendata.read.counts import CountRow
from opendata.read.terms import Terms, apart

_QUERIES: Final[dict[Width, str]] = {"hour": "site_count_hours", "day": "site_count_days"}
_LONGER: Final = "site_count_periods"


class CountedSite(msgspec.Struct, frozen=True):
    """One site, whose it is, and where the interval begins in which one mode began to be counted; None: never."""

    site: str
    owner: str
    valid_from: datetime | None


class SiteCountRow(CountRow, frozen=True, kw_only=True):
    """Passages of one site in one interval, None where it was not measured."""

    site: str


class SiteRange(NamedTuple):
    """The range of UTC [`start`, `end`) that is read of a site, whose local days lie in `zone`."""

    site: str
    zone: ZoneInfo
    start: datetime
    end: datetime


class RowPlace(NamedTuple):
    """The place of a row among those of several sites: its begin, then its site; before all of a moment it is ''."""

    started_at: datetime
    site: str = ""


async def sites(store: NamedQueries, mode: str, width: Width, wanted: Sequence[str] | None) -> list[CountedSite]:
    """Read which sites there are, by their ids: those that are wanted, or all; one that is not there is left out."""
    named = None if wanted is None else list(wanted)
    return await structs.every(store, CountedSite, "counted_sites", sites=named, mode=mode, unit=BEGINS[width])


@dataclass(frozen=True, kw_only=True)
class SiteCounts:
    """Counts of one mode at several sites by hours or longer, now or as of a moment; one question for each method."""

    mode: str
    width: Width
    ranges: Sequence[SiteRange]
    at: datetime | None = None

    async def rows(self, store: NamedQueries, after: RowPlace, most: int) -> list[SiteCountRow]:
        """Read the rows after a place, in order, at most so many."""
        found = structs.of_rows(
            SiteCountRow,
            await store.rows(
                self._query, **self._values, after=after.started_at, after_site=after.site, most=most, unit=self.width
            ),
        )
        return [known_at(row, self.at) for row in found]

    async def state(self, store: NamedQueries) -> str | None:
        """Name the state of what all rows rest on: another word after every change of them."""
        return await structs.only(store, str, f"{self._query}_state", **self._values, unit=self.width)

    async def waiting(self, store: NamedQueries, start: datetime, end: datetime) -> Mapping[str, TimestamptzMultirange]:
        """Read by site the hours of a range in which something waits to be added up."""
        found = await store.rows("waiting_sites", **self._about(start, end))
        return {row["site"]: row["waiting"] for row in found}

    async def terms(self, store: NamedQueries, start: datetime, end: datetime) -> list[Terms]:
        """Read under which terms the numbers may be used, each once."""
        return list(apart(await structs.every(store, Terms, "terms_of_sites", **self._about(start, end))))

    async def measuring_windows(self, store: NamedQueries, start: datetime, end: datetime) -> Sequence[str]:
        """Read when the sensors can measure, where one of them cannot always."""
        windows = "measuring_windows_of_sites"
        return await structs.only(store, tuple[str, ...], windows, **self._about(start, end)) or ()

    @property
    def _query(self) -> str:
        return _QUERIES.get(self.width, _LONGER)

    def _about(self, start: datetime, end: datetime) -> dict[str, Any]:
        return {"sites": [one.site for one in self.ranges], "mode": self.mode, "start": start, "end": end}

    @property
    def covered(self) -> dict[str, Any]:
        """What a query calls the sites, the mode, and the time in which all ranges lie."""
        return self._about(min(one.start for one in self.ranges), max(one.end for one in self.ranges))

    @property
    def _values(self) -> dict[str, Any]:
        first_day, until_day = self._days()
        return {
            **self.covered,
            "zones": [one.zone.key for one in self.ranges],
            "starts": [one.start for one in self.ranges],
            "ends": [one.end for one in self.ranges],
            "first_day": first_day,
            "until_day": until_day,
            "at": self.at,
        }

    def _days(self) -> tuple[date, date]:
        """Give the local days that begin in the ranges, the first and that after the last."""
        return (
            min(one.start.astimezone(one.zone).date() for one in self.ranges),
            max(one.end.astimezone(one.zone).date() for one in self.ranges) + timedelta(days=1),
        )
