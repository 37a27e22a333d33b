"""The growth of all sites of an owner together, like for like: the city's figure."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from verify.indicators.growth import Before, a_year_before, together, weeks_before
from verify.indicators.indicator_key import IndicatorKey
from verify.indicators.series_cache import SeriesCache

_PARTNERS: Final[Mapping[str, Before]] = MappingProxyType(
    {"gelijke-dagen": a_year_before, "gelijke-weekdagen": weeks_before}
)


class OwnerIndicators:
    """The indicators of an owner; their facet is a mode."""

    known: Collection[str] = frozenset(_PARTNERS)

    def __init__(self, series_cache: SeriesCache, sites: Sequence[str]) -> None:
        self._series_cache = series_cache
        self._sites = sites

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators."""
        series = [self._series_cache.day_series(site, key.facet) for site in self._sites]
        return together(series, key.period, _PARTNERS[key.slug])
