"""The day series of all sites that indicators need.

Days of the range added up from quarters, the others as published.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from verify.cache import InstanceCache
from verify.calendar import LocalRange, buckets
from verify.indicators.day_series import DayRange, DaySeries, DayTotals, day_of

_HOLIDAYS: Final = frozenset({"feestdag", "schoolvakantie"})
_EXCLUDED: Final = "uitgesloten"
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
        calendar = self.cache.listed("/v1/kalender")
        excluded = set(_days(one for one in calendar if one["gevolg"] == _EXCLUDED and self._is_about(one, site)))
        holidays = frozenset(_days(one for one in calendar if one["soort"] in _HOLIDAYS))
        days = [*self._inside(site, mode, excluded), *self._outside(site, mode, excluded)]
        return DaySeries(days, holidays)

    def _inside(self, site: str, mode: str, excluded: set[date]) -> Iterator[DayTotals]:
        base, zone = self.cache.base(site, mode), self.cache.span.zone
        for bucket in buckets("dag", self.cache.span):
            day = date.fromisoformat(bucket.name)
            yield day_of(day, base.total(bucket), base.within(bucket), zone, excluded=day in excluded)

    def _outside(self, site: str, mode: str, excluded: set[date]) -> Iterator[DayTotals]:
        for day, row in self.cache.days_around(site, mode):
            yield day_of(day, row, (), self.cache.span.zone, excluded=day in excluded)

    def _is_about(self, entry: Mapping[str, Any], site: str) -> bool:
        """Return whether a calendar entry applies to a site: to it, to a link that it counts, or everywhere."""
        if not entry["telpunten"] and not entry["wegvakken"]:
            return True
        counted = {link["id"] for link in self.cache.listed("/v1/wegvakken") if link["telpunt"] == site}
        return site in entry["telpunten"] or not counted.isdisjoint(entry["wegvakken"])


def _days(entries: Iterable[Mapping[str, Any]]) -> Iterator[date]:
    for entry in entries:
        first, last = (date.fromisoformat(entry[name]) for name in ("beginDatum", "eindDatum"))
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def period_of(row: Mapping[str, Any], span: LocalRange) -> DayRange:
    """Return the local days of a published indicator."""
    start, end = (datetime.fromisoformat(row[name]).astimezone(span.zone) for name in ("startTijd", "eindTijd"))
    return DayRange(start.date(), (end - _SECOND).date())
