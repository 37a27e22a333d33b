"""The checks of a verification: which published numbers are compared with which sums of quarters."""

from collections.abc import Iterator, Mapping, Sequence
from math import lcm
from typing import Any, Final

from verify import counts, measuring_window, route_usage, shares
from verify.cache import InstanceCache
from verify.comparison import Finding, Unchecked
from verify.counts import Count, CountSeries
from verify.measuring_window import ALWAYS, DeviceWindow, SitePosition
from verify.resources import ScreenlineSites, SiteDirections
from verify.route_usage import LinkUsage
from verify.shares import BICYCLE, Factors

DIRECTED: Final = ("uur", "dag", "week", "maand", "jaar")
INTERVALS: Final = (*DIRECTED, "twaalf-maanden", "geheel")
_TOO_FINE: Final = "a counter speaks more often than is published: its rows cannot be laid on the grid of the line"


def findings(cache: InstanceCache, name: str, factors: Factors | None = None) -> Iterator[Finding]:
    """Compare counts, shares and usage of a site.

    Counters may be off by `factors`, or by those of the owner of a screenline (domain handbook, cycling share).
    """
    yield from of_site(cache, name)
    for screenline in cache.screenlines(name):
        yield from of_screenline(cache, screenline, factors)
    if BICYCLE in cache.site(name).directions:
        yield from of_routes(cache, name)


def of_site(cache: InstanceCache, name: str) -> Iterator[Finding]:
    """Compare the counts of every mode at a site."""
    site = cache.site(name)
    for mode in site.directions:
        if cache.counted(name, mode):
            yield from of_counts(cache, site, mode)


def of_screenline(cache: InstanceCache, screenline: ScreenlineSites, factors: Factors | None) -> Iterator[Finding]:
    """Compare the shares of every denominator on a screenline."""
    off_by = factors or cache.owner(screenline.owner).factors
    for variant in screenline.variants:
        yield from of_shares(cache, screenline, variant, off_by)


def of_counts(cache: InstanceCache, site: SiteDirections, mode: str) -> Iterator[Finding]:
    """Compare the counts of a mode: all directions together, and each by itself where there are several."""
    what, fine = f"counts of {site.id}, {mode}", mode in site.fine
    quarters = cache.counts(site.id, mode, "kwartier")
    yield from _of_windows(cache, site, what, quarters, site.devices[mode])
    for interval in INTERVALS:
        published = cache.counts(site.id, mode, interval)
        base = quarters if interval == "uur" else cache.base(site.id, mode)
        finer = fine and interval == "uur"
        yield from counts.compare(what, interval, cache.span, published.rows, base, fine=finer)
    directions = site.directions[mode]
    if len(directions) > 1:
        each = {direction: cache.counts(site.id, mode, "kwartier", direction) for direction in directions}
        yield from counts.compare_directions(what, quarters, list(each.values()))
        for direction, series in each.items():
            yield from _of_direction(cache, site, mode, direction, series)


def _of_direction(
    cache: InstanceCache, site: SiteDirections, mode: str, direction: str, quarters: CountSeries
) -> Iterator[Finding]:
    what = f"counts of {site.id}, {mode} {direction}"
    devices = [one for one in site.devices[mode] if one.direction == direction]
    yield from _of_windows(cache, site, what, quarters, devices)
    for interval in DIRECTED:
        published = cache.counts(site.id, mode, interval, direction)
        yield from counts.compare(what, interval, cache.span, published.rows, quarters)


def _of_windows(
    cache: InstanceCache, site: SiteDirections, what: str, quarters: CountSeries, devices: Sequence[DeviceWindow]
) -> Iterator[Finding]:
    """Compare what is expected of quarters, where any device cannot always measure."""
    if any(one.code != ALWAYS for one in devices):
        place = SitePosition(*site.position, cache.owner(site.owner).zone)
        yield from measuring_window.compare(what, quarters.rows, devices, place)


def of_shares(cache: InstanceCache, screenline: ScreenlineSites, variant: str, factors: Factors) -> Iterator[Finding]:
    """Compare the shares of one denominator on a screenline, from the quarters of all its sites and modes."""
    what, modes = f"share on {screenline.id}, {variant}", screenline.variants[variant]
    crossings = [(site, mode) for site in screenline.sites for mode in modes if mode in cache.site(site).directions]
    if not can_be_laid_together([cache.site(site).grid[mode] for site, mode in crossings]):
        yield Unchecked(what, f"{cache.span.first} - {cache.span.last}", _TOO_FINE)
        return
    bins = shares.bins_of({one: cache.counts(*one, "kwartier").rows for one in crossings}, modes)
    if bins:
        yield from shares.compare_bins(what, cache.shares(screenline.id, variant, "kwartier"), bins, factors=factors)
        hours = shares.hours_of(bins)
        for interval in INTERVALS:
            published = cache.shares(screenline.id, variant, interval)
            yield from shares.compare(what, interval, cache.span, published, hours, factors=factors)


def can_be_laid_together(grids: Sequence[int]) -> bool:
    """Return whether the published rows of crossings with these grids, in seconds, make up the grid of all of them.

    One minute (published as quarters) beside 20 minutes does not: quarters cannot be added up to 20 minutes.
    """
    return lcm(*map(counts.row_length, grids)) == lcm(*grids)


def of_routes(cache: InstanceCache, site: str) -> Iterator[Finding]:
    """Compare the days of every route with a link that has its cyclists from this site."""
    for route in cache.listed("/v1/doorfietsroutes"):
        if site in _counted_at(cache, route).values():
            yield from of_route(cache, route)


def of_route(cache: InstanceCache, route: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the days of a route."""
    sites = _counted_at(cache, route)
    days = {one: cache.days(one, BICYCLE) for one in set(sites.values()) if one}
    for row in cache.used(route["id"]):
        yield from _of_day(f"usage of {route['id']}", route["wegvakken"], sites, days, row)


def _counted_at(cache: InstanceCache, route: Mapping[str, Any]) -> Mapping[str, str | None]:
    """Return the site of each link of a route, which may take it from a link of another route."""
    routes = cache.listed("/v1/doorfietsroutes")
    counted_at = counters([link for one in routes for link in one["wegvakken"]])
    return {link["id"]: counted_at.get(link["id"]) for link in route["wegvakken"]}


def counters(links: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the site of each link's cyclists: its own, or that of the link from which they are assumed."""
    own = {link["id"]: link["telpunt"] for link in links}
    found = {link["id"]: link["telpunt"] or own.get(link["verondersteldNaar"]) for link in links}
    return {link: site for link, site in found.items() if site}


def _of_day(
    what: str,
    links: Sequence[Mapping[str, Any]],
    sites: Mapping[str, str | None],
    days: Mapping[str, Mapping[str, Count]],
    row: Mapping[str, Any],
) -> Iterator[Finding]:
    known = [_link(link, days.get(sites[link["id"]] or "", {}).get(row["datum"])) for link in links]
    if row["revisie"] or any(link.cyclists is not None for link in known):
        each = {link["wegvak"]: link["fietsers"] for link in row["wegvakken"]}
        yield from route_usage.compare(what, row["datum"], row, known, each=each)


def _link(link: Mapping[str, Any], counted: Count | None) -> LinkUsage:
    cyclists = float(counted.value) if counted and counted.enough and counted.value is not None else None
    return LinkUsage(link["id"], link["lengteKm"], link["groen"], link["telpunt"] is not None, cyclists)
