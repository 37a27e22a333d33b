"""The public data of a range, each series requested once and cached for the length of a verification."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any

from verify import resources
from verify.calendar import LocalRange, buckets
from verify.counts import Count, CountSeries
from verify.instance import Instance
from verify.owners import OwnerProperties
from verify.resources import ScreenlineSites, SiteDirections
from verify.shares import PublishedShare


class InstanceCache:
    """The public data of one instance over one range; every method may raise what `Instance` raises."""

    def __init__(self, instance: Instance, span: LocalRange, tell: Callable[[str], None]) -> None:
        self.span = span
        self._instance = instance
        self._tell = tell
        self._sites: dict[str, SiteDirections] = {}
        self._series: dict[tuple[str, ...], CountSeries] = {}
        self._screenlines: list[ScreenlineSites] = []
        self._lists: dict[str, Sequence[Mapping[str, Any]]] = {}

    def site(self, name: str) -> SiteDirections:
        """Return a site."""
        if name not in self._sites:
            self._sites[name] = resources.site(self._instance, name)
        return self._sites[name]

    def owner(self, name: str) -> OwnerProperties:
        """Return an owner."""
        return resources.owner(self._instance, name)

    def neighbours(self, site: str, mode: str, most: int) -> Sequence[str]:
        """Return the nearest sites of the same owner that count a mode, straight across the map."""
        (longitude, latitude), own = self.site(site).position, self.site(site).owner
        others = [self.site(row["id"]) for row in self.listed("/v1/telpunten") if row["id"] != site]

        def distance(other: SiteDirections) -> tuple[float, str]:
            east, north = other.position[0] - longitude, other.position[1] - latitude
            return (east * cos(radians(latitude))) ** 2 + north**2, other.id

        near = sorted((one for one in others if one.owner == own and mode in one.directions), key=distance)
        return [one.id for one in near[:most]]

    def counts(self, site: str, mode: str, interval: str, direction: str = "") -> CountSeries:
        """Return the published counts of a mode at a site."""
        key = (site, mode, interval, direction)
        if key not in self._series:
            self._series[key] = CountSeries(self._counts(*key) if self.counted(site, mode) else ())
        return self._series[key]

    def counted(self, site: str, mode: str) -> bool:
        """Return whether a mode was counted at a site before the end of the range."""
        since = self.site(site).since.get(mode)
        return since is not None and since < self.span.end

    def _counts(self, site: str, mode: str, interval: str, direction: str) -> Iterator[Count]:
        self._tell(f"counts of {site}: {mode}{direction and f' {direction}'} per {interval}")
        parameters = {"mode": mode, "interval": interval, "direction": direction}
        return resources.counts(self._instance, site, self.span, **parameters)

    def base(self, site: str, mode: str) -> CountSeries:
        """Return what longer intervals are the sums of: quarters, or hours where the counter has shorter intervals."""
        return self.counts(site, mode, "uur" if mode in self.site(site).fine else "kwartier")

    def days(self, site: str, mode: str) -> Mapping[str, Count]:
        """Return the sums of the local days of a mode at a site, by the name of the day."""
        base = self.base(site, mode)
        return {day.name: base.total(day) for day in buckets("dag", self.span)}

    def screenlines(self, site: str) -> Sequence[ScreenlineSites]:
        """Return the screenlines on which a site lies."""
        return [screenline for screenline in self.all_screenlines() if site in screenline.sites]

    def all_screenlines(self) -> Sequence[ScreenlineSites]:
        """Return all screenlines."""
        if not self._screenlines:
            self._screenlines = list(resources.screenlines(self._instance))
        return self._screenlines

    def shares(self, screenline: str, variant: str, interval: str) -> Sequence[PublishedShare]:
        """Return the published shares of a denominator on a screenline."""
        self._tell(f"shares on {screenline}: {variant} per {interval}")
        return list(
            resources.shares(self._instance, self.span, screenline=screenline, variant=variant, interval=interval)
        )

    def air_hours(self, station: str, layer: str) -> Mapping[tuple[str, datetime], float]:
        """Return the hours of a layer at a station, from the day before the range on."""
        self._tell(f"air of {station}: {layer} per uur")
        return dict(resources.air_hours(self._instance, station, self._with_a_day_before, layer=layer))

    def air_indices(self, station: str) -> Sequence[Mapping[str, Any]]:
        """Return the indices of hours at a station, from the day before the range on."""
        self._tell(f"indices of {station} per uur")
        return list(resources.air_indices(self._instance, station, self._with_a_day_before))

    @property
    def _with_a_day_before(self) -> LocalRange:
        return self.span._replace(first=self.span.first - timedelta(days=1))

    def listed(self, path: str) -> Sequence[Mapping[str, Any]]:
        """Return a published list."""
        if path not in self._lists:
            self._lists[path] = list(self._instance.rows(path))
        return self._lists[path]

    def used(self, route: str) -> Sequence[Mapping[str, Any]]:
        """Return the published days of a route."""
        self._tell(f"usage of {route} per dag")
        return list(resources.used(self._instance, route, self.span))

    def indicator_values(self, collection: str, of: str) -> Sequence[Mapping[str, Any]]:
        """Return the published indicators of one member of a collection."""
        key = f"/v1/{collection}/{of}/kengetallen"
        if key not in self._lists:
            self._tell(f"indicators of {of} in {collection}")
            self._lists[key] = list(resources.indicator_values(self._instance, key, self.span))
        return self._lists[key]

    def days_around(self, site: str, mode: str) -> Iterator[tuple[date, Count]]:
        """Return the published days around the range: from the year before it, to the end of its last year."""
        first, last = self.span.first, self.span.last
        before = LocalRange(date(first.year - 1, 1, 1), first - timedelta(days=1), self.span.zone)
        after = LocalRange(last + timedelta(days=1), date(last.year, 12, 31), self.span.zone)
        for span in (before, after):
            if span.first <= span.last and self.site(site).since[mode] < span.end:
                for row in resources.counts(self._instance, site, span, mode=mode, interval="dag"):
                    yield row.start.astimezone(span.zone).date(), row
