"""The course of a verification: which published numbers are compared with what of the quarters."""

from collections.abc import Iterator, Mapping, Sequence
from math import lcm
from typing import Any, Final

from verify import counting, riding, sharing
from verify.archive import Archive
from verify.comparing import Finding, Unchecked
from verify.counting import Count, Series
from verify.reading import Line, Site
from verify.riding import Link
from verify.sharing import BICYCLE

DIRECTED: Final = ("uur", "dag", "week", "maand", "jaar")
INTERVALS: Final = (*DIRECTED, "twaalf-maanden", "geheel")
_TOO_FINE: Final = "a counter speaks more often than is published: its rows cannot be laid on the grid of the line"


def findings(archive: Archive, name: str, factors: tuple[float, float]) -> Iterator[Finding]:
    """Compare counts, shares and usage of a site; counters may be off by `factors` (domain handbook, cycling share)."""
    site = archive.site(name)
    for mode in site.directions:
        if archive.counted(name, mode):
            yield from of_counts(archive, site, mode)
    for line in archive.lines(name):
        for variant in line.variants:
            yield from of_shares(archive, line, variant, factors)
    if BICYCLE in site.directions:
        yield from of_routes(archive, name)


def of_counts(archive: Archive, site: Site, mode: str) -> Iterator[Finding]:
    """Compare the counts of a mode: all directions together, and each by itself where there are several."""
    what, fine = f"counts of {site.id}, {mode}", mode in site.fine
    quarters = archive.counts(site.id, mode, "kwartier")
    for interval in INTERVALS:
        published = archive.counts(site.id, mode, interval)
        base = quarters if interval == "uur" else archive.base(site.id, mode)
        finer = fine and interval == "uur"
        yield from counting.compare(what, interval, archive.span, published.rows, base, fine=finer)
    directions = site.directions[mode]
    if len(directions) > 1:
        each = {direction: archive.counts(site.id, mode, "kwartier", direction) for direction in directions}
        yield from counting.compare_directions(what, quarters, list(each.values()))
        for direction, series in each.items():
            yield from _of_direction(archive, site, mode, direction, series)


def _of_direction(archive: Archive, site: Site, mode: str, direction: str, quarters: Series) -> Iterator[Finding]:
    for interval in DIRECTED:
        published = archive.counts(site.id, mode, interval, direction)
        what = f"counts of {site.id}, {mode} {direction}"
        yield from counting.compare(what, interval, archive.span, published.rows, quarters)


def of_shares(archive: Archive, line: Line, variant: str, factors: tuple[float, float]) -> Iterator[Finding]:
    """Compare the shares of one denominator on a screenline, from the quarters of all its sites and modes."""
    what, modes = f"share on {line.id}, {variant}", line.variants[variant]
    crossings = [(site, mode) for site in line.sites for mode in modes if mode in archive.site(site).directions]
    if not can_be_laid_together([archive.site(site).grid[mode] for site, mode in crossings]):
        yield Unchecked(what, f"{archive.span.first} - {archive.span.last}", _TOO_FINE)
        return
    bins = sharing.bins_of({one: archive.counts(*one, "kwartier").rows for one in crossings}, modes)
    if bins:
        yield from sharing.compare_bins(what, archive.shares(line.id, variant, "kwartier"), bins, factors=factors)
        hours = sharing.hours_of(bins)
        for interval in INTERVALS:
            published = archive.shares(line.id, variant, interval)
            yield from sharing.compare(what, interval, archive.span, published, hours, factors=factors)


def can_be_laid_together(grids: Sequence[int]) -> bool:
    """Tell whether the rows that are published of crossings, in seconds of their grids, make the grid of all of them.

    Minutes, published as quarters, beside 20 minutes do not: they are paired at 20 minutes, and no quarters make those.
    """
    return lcm(*map(counting.row_length, grids)) == lcm(*grids)


def of_routes(archive: Archive, site: str) -> Iterator[Finding]:
    """Compare the days of every route that holds a link which has its cyclists from this site."""
    routes = archive.listed("/v1/doorfietsroutes")
    counted_at = counters([link for route in routes for link in route["wegvakken"]])
    for route in routes:
        sites = {link["id"]: counted_at.get(link["id"]) for link in route["wegvakken"]}
        if site in sites.values():
            days = {one: archive.days(one, BICYCLE) for one in set(sites.values()) if one}
            for row in archive.used(route["id"]):
                yield from _of_day(f"usage of {route['id']}", route["wegvakken"], sites, days, row)


def counters(links: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Tell from which site each link has its cyclists: its own, or that of the link that it takes them from."""
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
        yield from riding.compare(what, row["datum"], row, known, each=each)


def _link(link: Mapping[str, Any], counted: Count | None) -> Link:
    cyclists = float(counted.value) if counted and counted.enough and counted.value is not None else None
    return Link(link["id"], link["lengteKm"], link["groen"], link["telpunt"] is not None, cyclists)
