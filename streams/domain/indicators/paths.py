"""The indicators of links, routes and connections: usage, split, growth and shares by kind of link."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from schemas.reasons import reason
from streams.domain.indicators.indicator_value import (
    Coverage,
    IndicatorValue,
    SiteDay,
    between,
    counts,
    covered,
    indicator_value,
    require_coverage,
    require_days,
)
from streams.domain.indicators.site import periods_of_paths
from streams.domain.periods import Period, months, whole_year
from streams.domain.statistics import averages, growth
from streams.domain.statistics.statistic import Channels, Statistic, valid_totals
from streams.domain.usage import LinkDay, PeriodUsage, growth_since_opening, link_split, measured_share, period_usage

_GREATNESS: Final = ("bicycle_km", "mean_cyclists", "green_share")
_OF_ROUTES: Final = ("through_ratio", "uniformity")
OF_LINKS: Final = frozenset({"cyclists_per_day", "bicycle_km", "growth_since_opening"})
OF_CHAINS: Final = frozenset({*_GREATNESS, *_OF_ROUTES, "measured_share", "like_for_like"})
_NOT_ALL: Final = reason("no_day_of_all_links")


class LinkDays(NamedTuple):
    """A link with the days of the site that counts it or is assumed to; `length` in km."""

    length: float
    measured: bool
    counted_on: str
    opened: date | None
    days: Sequence[SiteDay]


class Chain(NamedTuple):
    """Links of a route or connection, and the valid counts of each by name; some ratios need links `in_a_row`.

    `channels` are those that counted each link on each day.
    """

    links: Sequence[LinkDay]
    days: Mapping[str, Mapping[date, float]]
    in_a_row: bool
    channels: Mapping[str, Mapping[date, Channels]]


def link_indicators(link: LinkDays, years: Iterable[int]) -> Iterator[IndicatorValue]:
    """Compute cyclists per day and bicycle-kilometres of a link, and its growth since it was opened."""
    for year in years:
        for period in periods_of_paths(year):
            days = between(link.days, period.first_day, period.last_day)
            if days:
                yield from _link(link, period, days)
    yield from _opening(link)


def split_indicators(
    link: str, days: Mapping[str, Mapping[date, float]], years: Iterable[int]
) -> Iterator[IndicatorValue]:
    """Compute the share of the cyclists on the parallel links of a screenline that takes this one."""
    for year in years:
        for period in periods_of_paths(year):
            part = _within(days, period)
            if any(part.values()):
                split = link_split(link, part)
                coverage = Coverage(split.basis["days"], period.days)
                yield indicator_value("link_split", period, require_coverage(split, coverage), coverage)


def chain_indicators(chain: Chain, years: Iterable[int]) -> Iterator[IndicatorValue]:
    """Compute the usage of a route or a connection on the average of the days on which all its links are valid."""
    for year in years:
        for period in periods_of_paths(year):
            part = _within(chain.days, period)
            if any(part.values()):
                used = period_usage(chain.links, part, period.days)
                yield from _chain(chain, period, used)
        if chain.in_a_row:
            yield from _chain_growth(chain, year)


def valid_counts(days: Sequence[SiteDay]) -> Mapping[date, float]:
    """Return the counts of the valid days, by day."""
    return valid_totals(counts(days))


def _link(link: LinkDays, period: Period, days: Sequence[SiteDay]) -> Iterator[IndicatorValue]:
    coverage = covered(days, period)
    mean = averages.mean_day(counts(days), coverage.expected)
    basis = mean.basis | {"measured": link.measured, "counted_on": link.counted_on}
    yield indicator_value("cyclists_per_day", period, mean._replace(basis=basis), coverage)
    bicycle_km = None if mean.value is None else mean.value * link.length
    yield indicator_value(
        "bicycle_km", period, mean._replace(value=bicycle_km, basis=basis | {"length_km": link.length}), coverage
    )


def _opening(link: LinkDays) -> Iterator[IndicatorValue]:
    known = valid_counts(link.days)
    last = max(known, default=None)
    if link.opened is None or last is None or last < link.opened:
        return
    period = Period("opening", link.opened, last)
    grown = growth_since_opening(known, link.opened, last, channels=growth.channels_of(counts(link.days)))
    yield indicator_value("growth_since_opening", period, grown, covered(between(link.days, link.opened, last), period))


def _chain(chain: Chain, period: Period, used: PeriodUsage) -> Iterator[IndicatorValue]:
    route, coverage = used.usage, Coverage(used.days, used.expected)
    basis = {
        "days": used.days,
        "length_km": route.length_km,
        "measured_km": route.measured_km,
        "assumed_km": route.assumed_km,
        "missing_km": route.missing_km,
    }
    for name in (*_GREATNESS, *(_OF_ROUTES if chain.in_a_row else ())):
        value = getattr(route, name)
        why = None if value is not None else route.withheld or _NOT_ALL
        yield indicator_value(name, period, Statistic(value, why, basis), coverage)
    yield indicator_value("measured_share", period, measured_share(route), coverage)


def _chain_growth(chain: Chain, year: int) -> Iterator[IndicatorValue]:
    """Compare bicycle-kilometres with a year before, over the days on which every link was valid both times."""
    bicycle_km = _bicycle_km_days(chain)
    for period in (*months(year), whole_year(year)):
        pairs = [
            growth.Pair(day, bicycle_km[before], now, ("route",), _same_channels(chain, before, day))
            for day, now in bicycle_km.items()
            if period.holds(day) and (before := growth.a_year_before(day)) is not None and before in bicycle_km
        ]
        if any(period.holds(day) for day in bicycle_km):
            found = growth.growth(pairs)
            yield indicator_value(
                "like_for_like", period, require_days(found), Coverage(found.basis["days"], period.days)
            )


def _same_channels(chain: Chain, one: date, other: date) -> bool:
    return all(growth.same_channels(chain.channels[link.name], one, other) for link in chain.links)


def _bicycle_km_days(chain: Chain) -> dict[date, float]:
    known = [chain.days.get(link.name, {}) for link in chain.links]
    common = set.intersection(*(set(days) for days in known)) if known else set()
    return {
        day: sum(days[day] * link.length for link, days in zip(chain.links, known, strict=True))
        for day in sorted(common)
    }


def _within(days: Mapping[str, Mapping[date, float]], period: Period) -> dict[str, dict[date, float]]:
    return {name: {day: count for day, count in known.items() if period.holds(day)} for name, known in days.items()}
