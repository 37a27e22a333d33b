"""The day series of all sites that indicators need.

Days of the range added up from quarters, the others as published.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from verify import owners
from verify.cache import InstanceCache
from verify.calendar import LocalRange, buckets, midnight
from verify.indicators.day_series import Channels, DayRange, DaySeries, DayTotals, all_day, day_of

_SECOND: Final = timedelta(seconds=1)


class SeriesCache:
    """The day series of one instance."""

    def __init__(self, cache: InstanceCache) -> None:
        self.cache = cache
        self._day_series: dict[tuple[str, str], DaySeries] = {}
        self._directed: dict[tuple[str, str, str], dict[date, float]] = {}

    def day_series(self, site: str, mode: str) -> DaySeries:
        """Return the days of a mode at a site; an empty series where it is not counted there."""
        key = (site, mode)
        if key not in self._day_series:
            self._day_series[key] = self._read(site, mode)
        return self._day_series[key]

    def directed(self, site: str, mode: str, direction: str) -> Mapping[date, float]:
        """Return the counts of the valid days of the range in one direction."""
        key = (site, mode, direction)
        if key not in self._directed:
            series = self.cache.counts(site, mode, "kwartier", direction)
            days = {day.name: series.total(day) for day in buckets("dag", self.cache.span)}
            valid = {name: day.value for name, day in days.items() if day.enough and day.value is not None}
            self._directed[key] = {date.fromisoformat(name): float(value) for name, value in valid.items()}
        return self._directed[key]

    def _read(self, site: str, mode: str) -> DaySeries:
        if not self.cache.counted(site, mode):
            return DaySeries(())
        calendar, links = self.cache.listed("/v1/kalender"), self.cache.listed("/v1/wegvakken")
        owner_id = self.cache.site(site).owner
        excluded = owners.excluded(calendar, links, site=site, owner_id=owner_id)
        days = [*self._inside(site, mode, excluded), *self._outside(site, mode, excluded)]
        return DaySeries(days, owners.holidays(calendar, owner_id))

    def _inside(self, site: str, mode: str, excluded: Collection[date]) -> Iterator[DayTotals]:
        base, zone = self.cache.base(site, mode), self.cache.span.zone
        for bucket in buckets("dag", self.cache.span):
            day = date.fromisoformat(bucket.name)
            yield day_of(
                day,
                base.total(bucket),
                base.within(bucket),
                zone,
                excluded=day in excluded,
                channels=self._channels(site, mode, day),
            )

    def _outside(self, site: str, mode: str, excluded: Collection[date]) -> Iterator[DayTotals]:
        for day, row in self.cache.days_around(site, mode):
            channels = self._channels(site, mode, day)
            yield day_of(day, row, (), self.cache.span.zone, excluded=day in excluded, channels=channels)

    def _channels(self, site: str, mode: str, day: date) -> Channels:
        zone = self.cache.span.zone
        periods = self.cache.site(site).channels[mode]
        return all_day(periods, midnight(day, zone), midnight(day + timedelta(days=1), zone))


def period_of(row: Mapping[str, Any], span: LocalRange) -> DayRange:
    """Return the local days of a published indicator."""
    start, end = (datetime.fromisoformat(row[name]).astimezone(span.zone) for name in ("startTijd", "eindTijd"))
    return DayRange(start.date(), (end - _SECOND).date())
