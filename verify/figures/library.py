"""The books of all sites that figures need: days of the range added up from quarters, the others as published."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from verify.archive import Archive
from verify.calendar import Range, buckets
from verify.figures.book import Book, Day, Period, day_of

_HOLIDAYS: Final = frozenset({"feestdag", "schoolvakantie"})
_EXCLUDED: Final = "uitgesloten"
_SECOND: Final = timedelta(seconds=1)


class Library:
    """One archive, read as books."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._books: dict[tuple[str, str], Book] = {}
        self._directed: dict[tuple[str, str, str], dict[date, float]] = {}

    def book(self, site: str, mode: str) -> Book:
        """Give the days of a mode at a site; none where it is not counted there."""
        key = (site, mode)
        if key not in self._books:
            self._books[key] = self._read(site, mode)
        return self._books[key]

    def directed(self, site: str, mode: str, direction: str) -> Mapping[date, float]:
        """Give the valid days of the range in one direction."""
        key = (site, mode, direction)
        if key not in self._directed:
            series = self.archive.counts(site, mode, "kwartier", direction)
            days = {day.name: series.total(day) for day in buckets("dag", self.archive.span)}
            valid = {name: day.value for name, day in days.items() if day.enough and day.value is not None}
            self._directed[key] = {date.fromisoformat(name): float(value) for name, value in valid.items()}
        return self._directed[key]

    def _read(self, site: str, mode: str) -> Book:
        if not self.archive.counted(site, mode):
            return Book(())
        calendar = self.archive.listed("/v1/kalender")
        excluded = set(_days(one for one in calendar if one["gevolg"] == _EXCLUDED and self._is_about(one, site)))
        holidays = frozenset(_days(one for one in calendar if one["soort"] in _HOLIDAYS))
        days = [*self._inside(site, mode, excluded), *self._outside(site, mode, excluded)]
        return Book(days, holidays)

    def _inside(self, site: str, mode: str, excluded: set[date]) -> Iterator[Day]:
        base, zone = self.archive.base(site, mode), self.archive.span.zone
        for bucket in buckets("dag", self.archive.span):
            day = date.fromisoformat(bucket.name)
            yield day_of(day, base.total(bucket), base.within(bucket), zone, excluded=day in excluded)

    def _outside(self, site: str, mode: str, excluded: set[date]) -> Iterator[Day]:
        for day, row in self.archive.days_around(site, mode):
            yield day_of(day, row, (), self.archive.span.zone, excluded=day in excluded)

    def _is_about(self, entry: Mapping[str, Any], site: str) -> bool:
        """Tell whether an entry of the calendar is about a site, a link that it counts, or about everywhere."""
        if not entry["telpunten"] and not entry["wegvakken"]:
            return True
        counted = {link["id"] for link in self.archive.listed("/v1/wegvakken") if link["telpunt"] == site}
        return site in entry["telpunten"] or not counted.isdisjoint(entry["wegvakken"])


def _days(entries: Iterable[Mapping[str, Any]]) -> Iterator[date]:
    for entry in entries:
        first, last = (date.fromisoformat(entry[name]) for name in ("beginDatum", "eindDatum"))
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def period_of(row: Mapping[str, Any], span: Range) -> Period:
    """Read the local days of a published figure."""
    start, end = (datetime.fromisoformat(row[name]).astimezone(span.zone) for name in ("startTijd", "eindTijd"))
    return Period(start.date(), (end - _SECOND).date())
