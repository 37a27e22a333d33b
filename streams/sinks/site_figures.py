"""The figures that follow from one mode at a site: its own, its screenlines', its links', its routes', the city's."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from streams.domain.figures import city, estimates, paths, site
from streams.domain.figures.figure import Figure, SiteDay
from streams.domain.figures.site import Counted
from streams.domain.usage import LinkDay
from streams.sinks.desk import Desk, Subject
from streams.sinks.facts import ChainLink, Claim

_BICYCLES: Final = "bicycles"
_BEGINNING: Final = date(2000, 1, 1)
_OF_CYCLING: Final = frozenset({"wwi", "ami"})
"""What a path is used for is read from cyclists only."""
_ALSO_OF_LINKS: Final = frozenset({"wwi", "ami", "directionality"})


async def reckon_site(desk: Desk, claim: Claim) -> None:
    """Reckon the years in which days of a site have moved, and the two after them.

    Twelve months that end in one year begin in the year before, and are compared with those of a year earlier.
    """
    name, mode = claim.subject, claim.facet
    years = sorted({year + later for year in claim.years for later in (0, 1, 2)})
    first, last = date(min(years) - 2, 1, 1), date(max(years), 12, 31)
    days = (await desk.facts.site_days([name], mode, first, last, hours=True)).get(name, [])
    directions = await desk.facts.direction_days(mode, first, last, site=name)
    counted = Counted(days, await desk.facts.holidays(first, last), directions)
    own = [one for one in site.site_figures(counted, years) if mode == _BICYCLES or one.indicator not in _OF_CYCLING]
    desk.put(Subject("site", name, mode), own, all_of=site.INDICATORS, years=years)
    await _estimates(desk, name, mode, years)
    await _screenlines(desk, name, mode, years)
    await _city(desk, mode, years)
    if mode == _BICYCLES:
        await _paths(desk, name, own, years)
    await desk.facts.at_midnight(name, mode)


async def _estimates(desk: Desk, name: str, mode: str, years: Sequence[int]) -> None:
    """Reckon the estimates of a site, and of those around it that look at it."""
    for place in (name, *await desk.facts.looking_at(name, mode, estimates.NEIGHBOURS)):
        around = await desk.facts.neighbours(place, mode, estimates.NEIGHBOURS)
        first, last = date(min(years), 1, 1), date(max(years), 12, 31)
        days = await desk.facts.site_days([place, *around], mode, first, last)
        own = days.get(place, [])
        for year in years:
            others = {other: days.get(other, []) for other in around}
            figures = estimates.estimate_figures(own, others, year)
            desk.put(Subject("site", place, mode), figures, all_of=estimates.INDICATORS, years=[year])


async def _screenlines(desk: Desk, name: str, mode: str, years: Sequence[int]) -> None:
    first, last = date(min(years) - 1, 1, 1), date(max(years), 12, 31)
    for (screenline,) in await desk.facts.rows("screenlines_of_site", site=name):
        directions = await desk.facts.direction_days(mode, first, last, screenline=screenline)
        figures = list(_directions(directions, years))
        desk.put(Subject("screenline", screenline, mode), figures, all_of={"directionality"}, years=years)


def _directions(directions: Mapping[str, Mapping[date, float]], years: Sequence[int]) -> Iterator[Figure]:
    days = {day for counts in directions.values() for day in counts}
    for year in years:
        for period in site.periods_of_paths(year):
            valid = {day for day in days if period.holds(day)}
            if valid:
                yield from site.direction_figures(directions, period, valid, period.days)


async def _city(desk: Desk, mode: str, years: Sequence[int]) -> None:
    first, last = date(min(years) - 1, 1, 1), date(max(years), 12, 31)
    by_date = await desk.facts.city_pairs(mode, "1 year", first, last)
    by_weekday = await desk.facts.city_pairs(mode, "364 days", first, last)
    pairs = city.Pairs(city.pairs_of(by_date), city.pairs_of(by_weekday))
    figures = city.city_figures(pairs, years)
    desk.put(Subject("municipality", desk.facts.municipality, mode), figures, all_of=city.INDICATORS, years=years)


async def _paths(desk: Desk, name: str, own: Sequence[Figure], years: Sequence[int]) -> None:
    chains = await desk.facts.chains(name)
    splits = await desk.facts.parallels(name)
    places = {link.site for links in chains.values() for link in links if link.site} | {name}
    places |= {place for split in splits for place in split.sites}
    days = await desk.facts.site_days(sorted(places), _BICYCLES, _BEGINNING, date.max)
    await _links(desk, name, own, days.get(name, []), years)
    for split in splits:
        valid = {
            link: paths.valid_counts(days.get(place, [])) for link, place in zip(split.links, split.sites, strict=True)
        }
        for link in split.links:
            figures = paths.split_figures(link, valid, years)
            desk.put(Subject("link", link, split.screenline), figures, all_of={"link_split"}, years=years)
    for (kind, subject), links in chains.items():
        figures = paths.chain_figures(_chain(kind, links, days), years)
        desk.put(Subject(kind, subject), figures, all_of=paths.OF_CHAINS, years=years)


async def _links(desk: Desk, name: str, own: Sequence[Figure], days: Sequence[SiteDay], years: Sequence[int]) -> None:
    """Give the links of a site their figures; what the site says of use and directions holds for them, too."""
    for link in await desk.facts.links_of(name):
        told = paths.Link(link.length, link.measured, link.counted_on, link.opened, days)
        subject = Subject("link", link.link)
        desk.put(subject, paths.link_figures(told, years), all_of={*paths.OF_LINKS, *_ALSO_OF_LINKS}, years=years)
        desk.put(subject, (one for one in own if one.indicator in _ALSO_OF_LINKS))


def _chain(kind: str, links: Sequence[ChainLink], days: Mapping[str, Sequence[SiteDay]]) -> paths.Chain:
    rows = [LinkDay(link.name, link.length, link.green, link.measured, None) for link in links]
    valid = {link.name: paths.valid_counts(days.get(link.site or "", [])) for link in links}
    return paths.Chain(rows, valid, in_a_row=kind == "route")
