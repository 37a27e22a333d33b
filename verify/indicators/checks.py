"""The checks of published indicators: of sites, screenlines, links, routes, stations and owners."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from verify.cache import InstanceCache
from verify.calendar import buckets
from verify.checks import counters
from verify.comparison import Compared, Finding, Unchecked
from verify.indicators.day_series import DayRange
from verify.indicators.indicator_key import IndicatorKey, IndicatorSource
from verify.indicators.paths import ChainIndicators, LinkIndicators
from verify.indicators.places import ESTIMATED, ScreenlineIndicators, SiteIndicators
from verify.indicators.series_cache import SeriesCache, period_of
from verify.shares import BICYCLE

_WHY: Final = "by its definition these days give another number"
_ABSENT: Final = "the month has valid days, but no indicators are published"
_BOUND: Final = "by the errors of its rules the estimate may be off by another number"
_NOT_HERE: Final = "no rule is known here for {}"
_NOT_OURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opgehoogd-jaargemiddelde": "the factors of which a short count is expanded are not recomputed",
        "blootstelling-pm25": "the air at every hour of all links of a route is not recomputed",
        "maandgemiddelde": "the mean of all stations of a district is not recomputed",
        "jaargemiddelde": "the mean of all stations of a district is not recomputed",
    }
)


def findings(cache: InstanceCache, site: str) -> Iterator[Finding]:
    """Compare every published indicator of a site, and of the links and routes that have their cyclists from it."""
    series_cache = SeriesCache(cache)
    yield from _absent(series_cache, site)
    for collection, name, source in _sources(series_cache, site):
        yield from of_source(cache, collection, name, source)


def of_site(series_cache: SeriesCache, site: str) -> Iterator[Finding]:
    """Compare the indicators of a site alone."""
    yield from _absent(series_cache, site)
    yield from of_source(series_cache.cache, "telpunten", site, SiteIndicators(series_cache, site))


def of_source(cache: InstanceCache, collection: str, name: str, source: IndicatorSource) -> Iterator[Finding]:
    """Compare every published indicator of one member of a collection."""
    for row in cache.indicator_values(collection, name):
        yield from _compared(cache, name, source, row)


def _absent(series_cache: SeriesCache, site: str) -> Iterator[Finding]:
    """Report the months that should have indicators and have none."""
    cache = series_cache.cache
    published = {
        (row["facet"], row["datum"]) for row in cache.indicator_values("telpunten", site) if row["periode"] == "maand"
    }
    for month in buckets("maand", cache.span):
        first = month.start.astimezone(cache.span.zone).date()
        last = month.end.astimezone(cache.span.zone).date() - timedelta(days=1)
        for mode in cache.site(site).directions:
            valid = len(series_cache.day_series(site, mode).counts(DayRange(first, last)))
            if valid and (mode, str(first)) not in published:
                yield Compared(f"indicators of {site}, {mode}", month.name, "rij", None, valid, _ABSENT)


def _sources(series_cache: SeriesCache, site: str) -> Iterator[tuple[str, str, IndicatorSource]]:
    cache = series_cache.cache
    yield "telpunten", site, SiteIndicators(series_cache, site)
    for screenline in cache.screenlines(site):
        yield "tellijnen", screenline.id, ScreenlineIndicators(series_cache, screenline.sites)
    if not cache.counted(site, BICYCLE):
        return
    links = cache.listed("/v1/wegvakken")
    sites = counters(links)
    for link in links:
        if sites.get(link["id"]) == site:
            yield "wegvakken", link["id"], LinkIndicators(series_cache, site, link)
    for collection in ("doorfietsroutes", "verbindingen"):
        for chain in cache.listed(f"/v1/{collection}"):
            if site in {sites.get(link["id"]) for link in chain["wegvakken"]}:
                yield collection, chain["id"], ChainIndicators(series_cache, chain["wegvakken"], sites)


def _compared(cache: InstanceCache, name: str, source: IndicatorSource, row: Mapping[str, Any]) -> Iterator[Finding]:
    key = IndicatorKey(row["kengetal"], row["facet"] or "", row["deel"] or 0, period_of(row, cache.span))
    what = f"{key.slug} of {name}" + (f", {key.facet}" if key.facet else "")
    bucket = f"{row['periode']} {key.period.first} - {key.period.last}" + (f", {key.part}" if key.part else "")
    if key.slug not in source.known:
        yield Unchecked(what, bucket, _NOT_OURS.get(key.slug, _NOT_HERE.format(key.slug)))
    elif key.slug == ESTIMATED and isinstance(source, SiteIndicators):
        ours = source.estimated(key)
        yield Compared(what, bucket, "waarde", row["waarde"], ours.value, _WHY, exact=False)
        yield Compared(what, bucket, "ondergrens", row["ondergrens"], ours.low, _BOUND, exact=False)
        yield Compared(what, bucket, "bovengrens", row["bovengrens"], ours.high, _BOUND, exact=False)
    else:
        yield Compared(what, bucket, "waarde", row["waarde"], source.compute(key), _WHY, exact=False)
