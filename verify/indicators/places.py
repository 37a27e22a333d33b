"""The indicators of sites and screenlines."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from verify.indicators import averages, estimates, growth, rhythm
from verify.indicators.chains import directionality
from verify.indicators.day_series import DayRange, DaySeries
from verify.indicators.estimates import EstimatedTotal
from verify.indicators.indicator_key import IndicatorKey
from verify.indicators.series_cache import SeriesCache

DIRECTIONS: Final = "richtingsverschil"
ESTIMATED: Final = "totaal-met-schattingen"
_WEEKDAYS: Final = "weekdagindex"
_THERE_AND_BACK: Final = 2

_OfDays: TypeAlias = Callable[[DaySeries, DayRange], float | None]
OF_DAYS: Final[Mapping[str, _OfDays]] = MappingProxyType(
    {
        "jaargemiddelde-etmaal": averages.aadb,
        "gewoon-daggemiddelde": averages.naive_aadb,
        "maandgemiddelde-etmaal": averages.madb,
        "seizoensfactor": averages.seasonal_factor,
        "gemiddelde-dag": averages.naive_aadb,
        "totaal": averages.total,
        "spitsfactor": rhythm.peak_hour_factor,
        "weekend-weekdagindex": rhythm.wwi,
        "ochtend-middagindex": rhythm.ami,
        "gelijke-dagen": growth.like_for_like,
        "gelijke-weekdagen": growth.same_weekday,
    }
)
"""The indicators that follow from the days of one mode at one site, by public name."""


class SiteIndicators:
    """The indicators of a site; their facet is a mode."""

    known: Collection[str] = frozenset({*OF_DAYS, _WEEKDAYS, DIRECTIONS, ESTIMATED})

    def __init__(self, series_cache: SeriesCache, site: str) -> None:
        self._series_cache = series_cache
        self._site = site

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators."""
        day_series = self._series_cache.day_series(self._site, key.facet)
        if key.slug == ESTIMATED:
            return self.estimated(key).value
        if key.slug == _WEEKDAYS:
            return averages.weekday_index(day_series, key.period, key.part)
        if key.slug == DIRECTIONS:
            days, expected = list(day_series.counts(key.period)), key.period.within(key.period)
            return one_sided(self._series_cache, [self._site], key.facet, days, expected)
        return OF_DAYS[key.slug](day_series, key.period)

    def estimated(self, key: IndicatorKey) -> EstimatedTotal:
        """Compute the total of a year with estimates, from the days of the site and of its neighbours."""
        own = self._series_cache.day_series(self._site, key.facet)
        around = self._series_cache.cache.neighbours(self._site, key.facet, estimates.NEIGHBOURS)
        return estimates.total(
            own.counts(key.period),
            [self._series_cache.day_series(site, key.facet).counts(key.period) for site in around],
            key.period,
            before=own.counts(DayRange(key.period.first - estimates.AROUND, key.period.first - timedelta(days=1))),
            holidays=own.holidays,
        )


class ScreenlineIndicators:
    """The indicators of a screenline; their facet is a mode."""

    known: Collection[str] = frozenset({DIRECTIONS})

    def __init__(self, series_cache: SeriesCache, sites: Sequence[str]) -> None:
        self._series_cache = series_cache
        self._sites = sites

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute the one known indicator."""
        days = [day for day in self._series_cache.cache.span.days() if day in key.period]
        return one_sided(self._series_cache, self._sites, key.facet, days, len(days))


def one_sided(
    series_cache: SeriesCache, sites: Sequence[str], mode: str, days: Sequence[date], expected: int
) -> float | None:
    """Return the directionality of some sites together, over days on which all of them counted both directions."""
    directions = {one for site in sites for one in series_cache.cache.site(site).directions.get(mode, ())}
    if len(directions) != _THERE_AND_BACK:
        return None
    there, back = (_together(series_cache, sites, mode, direction) for direction in sorted(directions))
    both = [day for day in days if day in there and day in back]
    return directionality(there, back, both) if len(both) * 4 >= expected * 3 else None


def _together(series_cache: SeriesCache, sites: Sequence[str], mode: str, direction: str) -> Mapping[date, float]:
    known = [
        series_cache.directed(site, mode, direction)
        for site in sites
        if direction in series_cache.cache.site(site).directions.get(mode, ())
    ]
    return {day: sum(days[day] for days in known) for day in known[0] if all(day in days for days in known)}
