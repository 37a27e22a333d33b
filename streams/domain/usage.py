"""The usage of links and routes, on one day and over a period, from the cyclists on each link."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import fsum
from statistics import fmean
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.reasons import Reason, reason
from streams.domain.coverage import enough, too_little
from streams.domain.statistics.growth import YEAR_OF_WEEKS, Pair, growth, same_channels
from streams.domain.statistics.statistic import NO_DAY, NONE_COUNTED, Channels, Statistic, available, withheld

LEAST_PAIRS: Final = 28
"""The least number of pairs of days for a growth since an opening: four weeks."""


_OF_PLACES: Final = frozenset({"sites", "site_days"})
"""The fields of a growth's basis about places, left out here, as it is about one link."""


class LinkDay(NamedTuple):
    """One link of a route on one day; `cyclists` is None where it has no valid day.

    Where `measured` is false they are taken from another link.
    """

    name: str
    length: float
    green: bool
    measured: bool
    cyclists: float | None


class RouteDay(NamedTuple):
    """The usage of a route on one day, or on the average day of a period.

    Indicators are None, with the reason in `withheld`, where a link that they need has no valid day.
    """

    bicycle_km: float | None
    measured_bicycle_km: float | None
    length_km: float
    measured_km: float
    assumed_km: float
    missing_km: float
    mean_cyclists: float | None
    through_ratio: float | None
    uniformity: float | None
    green_share: float | None
    withheld: Reason | None


class PeriodUsage(NamedTuple):
    """The usage of a route on the average of the days on which all its links were valid: `days` of `expected`."""

    usage: RouteDay
    days: int
    expected: int


def usage(links: Sequence[LinkDay]) -> RouteDay:
    """Compute bicycle-kilometres and the indicators that rest on them (domain handbook, links and routes)."""
    missing = [link for link in links if link.cyclists is None]
    whole = not missing
    bicycle_km = _bicycle_km(links) if whole else None
    mean = bicycle_km / _km(links) if bicycle_km is not None and links else None
    counts = [link.cyclists for link in links if link.cyclists is not None] if whole else []
    return RouteDay(
        bicycle_km=bicycle_km,
        measured_bicycle_km=_measured(links),
        length_km=_km(links),
        measured_km=_km(link for link in links if link.measured and link.cyclists is not None),
        assumed_km=_km(link for link in links if not link.measured and link.cyclists is not None),
        missing_km=_km(missing),
        mean_cyclists=mean,
        through_ratio=_ratio(min(counts, default=None), mean),
        uniformity=_ratio(min(counts, default=None), max(counts, default=None)),
        green_share=_ratio(_bicycle_km(link for link in links if link.green) if whole else None, bicycle_km),
        withheld=reason("no_valid_day_on_links", links=[link.name for link in missing]) if missing else None,
    )


def period_usage(links: Sequence[LinkDay], days: Mapping[str, Mapping[date, float]], expected: int) -> PeriodUsage:
    """Compute the usage on the average day of a period, from the valid counts of each link by its name.

    The mean of a link is over the days on which every link that counts at all is valid, so that all means are of the
    same days; the cyclists in `links` are not used. Under three quarters of the `expected` days it is withheld.
    """
    counts = [days.get(link.name) or None for link in links]
    common = sorted(_common([one for one in counts if one]))
    means = [fmean(one[day] for day in common) if one and common else None for one in counts]
    found = usage([link._replace(cyclists=mean) for link, mean in zip(links, means, strict=True)])
    if common and not enough(len(common), expected):
        found = _without_indicators(found, too_little(len(common), expected))
    return PeriodUsage(found, len(common), expected)


def measured_share(route: RouteDay) -> Statistic:
    """Return the measured share of a route: `Σ L with a counter / Σ L`, and in the basis that of the bicycle-km."""
    part = _ratio(route.measured_bicycle_km, route.bicycle_km)
    basis = {"measured_km": route.measured_km, "length_km": route.length_km, "of_bicycle_km": part}
    if not route.length_km:
        return withheld(reason("no_links"), **basis)
    return available(route.measured_km / route.length_km, **basis)


def link_split(link: str, days: Mapping[str, Mapping[date, float]]) -> Statistic:
    """Return the share of the cyclists on parallel links that takes this one: `q / Σ q`; `days` has the counts of all.

    Pooled over the days on which every one of the parallel links is valid.
    """
    common = _common(list(days.values()))
    own = fsum(days[link][day] for day in common)
    everyone = fsum(counts[day] for counts in days.values() for day in common)
    basis = {"days": len(common), "links": sorted(days), "cyclists": own, "everyone": everyone}
    if not common:
        return withheld(NO_DAY, **basis)
    return available(own / everyone, **basis) if everyone else withheld(NONE_COUNTED, **basis)


def directionality(one: Mapping[date, float], other: Mapping[date, float]) -> Statistic:
    """Return the directionality `|q→ - q←| / (q→ + q←)`, over the days on which both directions are valid."""
    common = one.keys() & other.keys()
    there, back = fsum(one[day] for day in common), fsum(other[day] for day in common)
    basis = {"days": len(common), "one": there, "other": back}
    if not common:
        return withheld(NO_DAY, **basis)
    return available(abs(there - back) / (there + back), **basis) if there + back else withheld(NONE_COUNTED, **basis)


def exposure(links: Sequence[LinkDay], air: Mapping[str, float | None]) -> Statistic:
    """Weight concentrations on links by bicycle-kilometres, `Σ q L c / Σ q L`, in the unit of the concentration.

    A proxy of what air people ride through, no claim about health (domain handbook, links and routes).
    """
    unknown = [link.name for link in links if link.cyclists is None or air.get(link.name) is None]
    if unknown:
        return withheld(reason("cyclists_or_air_unknown", links=unknown))
    bicycle_km = _bicycle_km(links)
    breathed = fsum((link.cyclists or 0.0) * link.length * (air[link.name] or 0.0) for link in links)
    return (
        available(breathed / bicycle_km, bicycle_km=bicycle_km)
        if bicycle_km
        else withheld(NONE_COUNTED, bicycle_km=bicycle_km)
    )


def growth_since_opening(
    days: Mapping[date, float],
    opened: date,
    last_day: date,
    *,
    channels: Mapping[date, Channels] = MappingProxyType({}),
    least_pairs: int = LEAST_PAIRS,
) -> Statistic:
    """Compare the 52 weeks up to `last_day` with the first 52 weeks from the opening on, as a fraction.

    Each day meets the same weekday a whole number of 52 weeks before, where both are valid and of the same `channels`.
    That cyclists came because of the opening is not said (domain handbook, what may not be claimed).
    """
    first = last_day - YEAR_OF_WEEKS + timedelta(days=1)
    if first < opened + YEAR_OF_WEEKS:
        return withheld(reason("opened_recently"))
    found = growth(_since(days, channels, opened, first, last_day), opened=opened.isoformat())
    found = found._replace(basis={name: available for name, available in found.basis.items() if name not in _OF_PLACES})
    if found.value is not None and found.basis["days"] < least_pairs:
        return withheld(reason("common_days_below", needed=least_pairs), **found.basis)
    return found


def _since(
    days: Mapping[date, float], channels: Mapping[date, Channels], opened: date, first: date, last_day: date
) -> Iterable[Pair]:
    for day, count in days.items():
        before = opened + (day - opened) % YEAR_OF_WEEKS
        if first <= day <= last_day and before in days:
            yield Pair(day, days[before], count, (), same_channels(channels, before, day))


def _without_indicators(found: RouteDay, why: Reason) -> RouteDay:
    return found._replace(
        bicycle_km=None,
        measured_bicycle_km=None,
        mean_cyclists=None,
        through_ratio=None,
        uniformity=None,
        green_share=None,
        withheld=why,
    )


def _common(counts: Sequence[Mapping[date, float]]) -> set[date]:
    return set.intersection(*(set(one) for one in counts)) if counts else set()


def _measured(links: Iterable[LinkDay]) -> float | None:
    counted = [link for link in links if link.measured]
    return _bicycle_km(counted) if all(link.cyclists is not None for link in counted) else None


def _bicycle_km(links: Iterable[LinkDay]) -> float:
    return fsum((link.cyclists or 0.0) * link.length for link in links)


def _km(links: Iterable[LinkDay]) -> float:
    return fsum(link.length for link in links)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
