"""The indicators of links, and of routes and connections."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from verify.indicators import averages, chains, growth
from verify.indicators.day_series import DayRange
from verify.indicators.indicator_key import IndicatorKey
from verify.indicators.places import DIRECTIONS, SiteIndicators
from verify.indicators.series_cache import SeriesCache
from verify.route_usage import LinkUsage
from verify.shares import BICYCLE

_ALWAYS: Final = DayRange(date.min, date.max)
_CYCLISTS: Final = "fietsers-per-dag"
_BICYCLE_KM: Final = "fietskilometers"
_SPLIT: Final = "verdeling-over-wegvakken"
_GROWTH: Final = "gelijke-dagen"
_OPENED: Final = "groei-sinds-opening"
_MEASURED: Final = "gemeten-deel"


class LinkIndicators:
    """The indicators of a link, which has its cyclists from a site; the facet of one is a screenline."""

    known: Collection[str] = frozenset(
        {_CYCLISTS, _BICYCLE_KM, _SPLIT, _OPENED, DIRECTIONS, "weekend-weekdagindex", "ochtend-middagindex"}
    )

    def __init__(self, series_cache: SeriesCache, site: str, link: Mapping[str, Any]) -> None:
        self._series_cache = series_cache
        self._site = site
        self._link = link

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators."""
        if key.slug == _SPLIT:
            return chains.split(self._link["id"], parallel(self._series_cache, key.facet), key.period)
        if key.slug == _OPENED:
            return growth.since_opening(self._series_cache.day_series(self._site, BICYCLE), key.period)
        if key.slug not in {_CYCLISTS, _BICYCLE_KM}:
            return SiteIndicators(self._series_cache, self._site).compute(key._replace(facet=BICYCLE))
        mean = averages.naive_aadb(self._series_cache.day_series(self._site, BICYCLE), key.period)
        length: float = 1.0 if key.slug == _CYCLISTS else self._link["lengteKm"]
        return None if mean is None else mean * length


class ChainIndicators:
    """The indicators of a route or a connection."""

    known: Collection[str] = frozenset({*chains.SLUGS, _GROWTH, _MEASURED})

    def __init__(self, series_cache: SeriesCache, links: Sequence[Mapping[str, Any]], sites: Mapping[str, str]) -> None:
        self._links = [
            LinkUsage(one["id"], one["lengteKm"], one["groen"], one["telpunt"] is not None, None) for one in links
        ]
        self._days = {link.name: cyclists(series_cache, sites.get(link.name)) for link in self._links}
        known = [site for link in self._links if (site := sites.get(link.name))]
        self._channels = [series_cache.day_series(site, BICYCLE).channels() for site in known]

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators."""
        if key.slug == _GROWTH:
            return chains.like_for_like(self._links, self._days, key.period, self._channels)
        return chains.of_period(self._links, self._days, key.period)[key.slug]


def cyclists(series_cache: SeriesCache, site: str | None) -> Mapping[date, float]:
    """Return the counts of all valid days of a site, by day."""
    return series_cache.day_series(site, BICYCLE).counts(_ALWAYS) if site else {}


def parallel(series_cache: SeriesCache, screenline: str) -> Mapping[str, Mapping[date, float]]:
    """Return the counts of the parallel links of a screenline, by link."""
    (sites,) = (one["telpunten"] for one in series_cache.cache.listed("/v1/tellijnen") if one["id"] == screenline)
    links = series_cache.cache.listed("/v1/wegvakken")
    return {link["id"]: cyclists(series_cache, link["telpunt"]) for link in links if link["telpunt"] in sites}
