"""The indicators that follow from one mode at a site: its own, and of its screenlines, links, routes and owner."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from streams.domain.indicators import estimates, joint_growth, paths, site
from streams.domain.indicators.indicator_value import IndicatorValue, SiteDay, counts
from streams.domain.indicators.site import CountedMode
from streams.domain.statistics.growth import channels_of
from streams.domain.statistics.imputation import AROUND
from streams.domain.usage import LinkDay
from streams.indicators.inputs import ChainLink, CountedLink, DuePlace, Inputs, Parallels, StoredDay
from streams.indicators.values import IndicatorValues, Subject

_BICYCLES: Final = "bicycles"
_BEGINNING: Final = date(2000, 1, 1)
_OF_CYCLING: Final = frozenset({"wwi", "ami"})
"""What a path is used for is read from cyclists only."""
_ALSO_OF_LINKS: Final = frozenset({"wwi", "ami", "directionality"})


async def compute_site(inputs: Inputs, place: DuePlace, values: IndicatorValues) -> None:
    """Compute the years in which days of a site have moved, and the two after them.

    Twelve months that end in one year begin in the year before, and are compared with those of a year earlier.
    """
    name, mode = place.subject, place.facet
    years = sorted({year + later for year in place.years for later in (0, 1, 2)})
    own = await _own(inputs, name, mode, years)
    values.put(Subject("site", name, mode), own, all_of=site.INDICATORS, years=years)
    await _estimates(inputs, name, mode, years, values)
    await _screenlines(inputs, name, mode, years, values)
    await _joint_growth(inputs, mode, years, values)
    if mode == _BICYCLES:
        await _paths(inputs, name, own, years, values)


async def _own(inputs: Inputs, name: str, mode: str, years: Sequence[int]) -> list[IndicatorValue]:
    first, last = date(min(years) - 2, 1, 1), date(max(years), 12, 31)
    days = _by_site(await inputs.site_days([name], mode, first, last, hours=True)).get(name, [])
    directions = await inputs.direction_days(mode, first, last, site=name)
    counted = CountedMode(days, await inputs.holidays(first, last), directions)
    return [
        one for one in site.site_indicators(counted, years) if mode == _BICYCLES or one.indicator not in _OF_CYCLING
    ]


async def _estimates(inputs: Inputs, name: str, mode: str, years: Sequence[int], values: IndicatorValues) -> None:
    """Compute the estimates of a site, and of those around it that look at it."""
    for place in (name, *await inputs.neighbour_of(name, mode, estimates.NEIGHBOURS)):
        around = await inputs.neighbours(place, mode, estimates.NEIGHBOURS)
        first, last = date(min(years), 1, 1) - AROUND, date(max(years), 12, 31)
        days = _by_site(await inputs.site_days([place, *around], mode, first, last))
        holidays = await inputs.holidays(first, last)
        own = days.get(place, [])
        for year in years:
            others = {other: days.get(other, []) for other in around}
            found = estimates.estimate_indicators(own, others, year, holidays)
            values.put(Subject("site", place, mode), found, all_of=estimates.INDICATORS, years=[year])


async def _screenlines(inputs: Inputs, name: str, mode: str, years: Sequence[int], values: IndicatorValues) -> None:
    first, last = date(min(years) - 1, 1, 1), date(max(years), 12, 31)
    for screenline in await inputs.screenlines_of(name):
        directions = await inputs.direction_days(mode, first, last, screenline=screenline)
        found = list(_directions(directions, years))
        values.put(Subject("screenline", screenline, mode), found, all_of={"directionality"}, years=years)


def _directions(directions: Mapping[str, Mapping[date, float]], years: Sequence[int]) -> Iterator[IndicatorValue]:
    days = {day for counts in directions.values() for day in counts}
    for year in years:
        for period in site.periods_of_paths(year):
            valid = {day for day in days if period.holds(day)}
            if valid:
                yield from site.direction_indicators(directions, period, valid, period.days)


async def _joint_growth(inputs: Inputs, mode: str, years: Sequence[int], values: IndicatorValues) -> None:
    first, last = date(min(years) - 1, 1, 1), date(max(years), 12, 31)
    by_date = await inputs.joint_days(mode, "1 year", first, last)
    by_weekday = await inputs.joint_days(mode, "364 days", first, last)
    pairs = joint_growth.Pairs(joint_growth.pairs_of(by_date), joint_growth.pairs_of(by_weekday))
    found = joint_growth.joint_growth_indicators(pairs, years)
    values.put(Subject("owner", inputs.owner, mode), found, all_of=joint_growth.INDICATORS, years=years)


async def _paths(
    inputs: Inputs, name: str, own: Sequence[IndicatorValue], years: Sequence[int], values: IndicatorValues
) -> None:
    chains = _whole_chains(await inputs.chains(name))
    splits = await inputs.parallels(name)
    places = {link.site for links in chains.values() for link in links if link.site} | {name}
    places |= {place for split in splits for place in split.sites}
    days = _by_site(await inputs.site_days(sorted(places), _BICYCLES, _BEGINNING, date.max))
    for link in await inputs.links_of(name):
        _link(link, own, days.get(name, []), years, values)
    for split in splits:
        _split(split, days, years, values)
    for (kind, subject), links in chains.items():
        found = paths.chain_indicators(_chain(kind, links, days), years)
        values.put(Subject(kind, subject), found, all_of=paths.OF_CHAINS, years=years)


def _link(
    link: CountedLink,
    own: Sequence[IndicatorValue],
    days: Sequence[SiteDay],
    years: Sequence[int],
    values: IndicatorValues,
) -> None:
    """Put the values of a link; what its site says of use and directions holds for it, too."""
    reported = paths.LinkDays(link.length, link.measured, link.counted_on, link.opened, days)
    subject = Subject("link", link.link)
    values.put(subject, paths.link_indicators(reported, years), all_of={*paths.OF_LINKS, *_ALSO_OF_LINKS}, years=years)
    values.put(subject, (one for one in own if one.indicator in _ALSO_OF_LINKS))


def _split(
    split: Parallels, days: Mapping[str, Sequence[SiteDay]], years: Sequence[int], values: IndicatorValues
) -> None:
    valid = {
        link: paths.valid_counts(days.get(place, [])) for link, place in zip(split.links, split.sites, strict=True)
    }
    for link in split.links:
        found = paths.split_indicators(link, valid, years)
        values.put(Subject("link", link, split.screenline), found, all_of={"link_split"}, years=years)


def _chain(kind: str, links: Sequence[ChainLink], days: Mapping[str, Sequence[SiteDay]]) -> paths.Chain:
    rows = [LinkDay(link.name, link.length, link.green, link.measured, None) for link in links]
    valid = {link.name: paths.valid_counts(days.get(link.site or "", [])) for link in links}
    channels = {link.name: channels_of(counts(days.get(link.site or "", []))) for link in links}
    return paths.Chain(rows, valid, kind == "route", channels)


def _whole_chains(links: Iterable[ChainLink]) -> Mapping[tuple[str, str], Sequence[ChainLink]]:
    found: defaultdict[tuple[str, str], list[ChainLink]] = defaultdict(list)
    for link in links:
        found[link.kind, link.subject].append(link)
    return found


def _by_site(days: Iterable[StoredDay]) -> Mapping[str, Sequence[SiteDay]]:
    found: defaultdict[str, list[SiteDay]] = defaultdict(list)
    for day in days:
        found[day.site].append(day.checked)
    return found
