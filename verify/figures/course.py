"""Which published figures are compared: of a site, its screenlines and links, and of the routes that these make."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from verify.archive import Archive
from verify.calendar import buckets
from verify.comparing import Compared, Finding, Unchecked
from verify.course import counters
from verify.figures.asked import Asked, Reckoner
from verify.figures.book import Period
from verify.figures.library import Library, period_of
from verify.figures.paths import ChainFigures, LinkFigures
from verify.figures.places import LineFigures, SiteFigures
from verify.sharing import BICYCLE

_WHY: Final = "by its definition these days give another number"
_ABSENT: Final = "the month has valid days, but no figures are published"
_NOT_OURS: Final = "estimates, air, and growth since an opening are not recomputed"


def findings(archive: Archive, site: str) -> Iterator[Finding]:
    """Compare every figure that is published of a site, and of what has its cyclists from it."""
    library = Library(archive)
    yield from _absent(library, site)
    for collection, name, reckoner in _reckoners(library, site):
        for row in archive.figures(collection, name):
            yield _compared(archive, name, reckoner, row)


def _absent(library: Library, site: str) -> Iterator[Finding]:
    """Name the months that should have figures and have none."""
    archive = library.archive
    published = {
        (row["facet"], row["datum"]) for row in archive.figures("telpunten", site) if row["periode"] == "maand"
    }
    for month in buckets("maand", archive.span):
        first = month.start.astimezone(archive.span.zone).date()
        last = month.end.astimezone(archive.span.zone).date() - timedelta(days=1)
        for mode in archive.site(site).directions:
            valid = len(library.book(site, mode).counts(Period(first, last)))
            if valid and (mode, str(first)) not in published:
                yield Compared(f"figures of {site}, {mode}", month.name, "rij", None, valid, _ABSENT)


def _reckoners(library: Library, site: str) -> Iterator[tuple[str, str, Reckoner]]:
    archive = library.archive
    yield "telpunten", site, SiteFigures(library, site)
    for line in archive.lines(site):
        yield "tellijnen", line.id, LineFigures(library, line.sites)
    if not archive.counted(site, BICYCLE):
        return
    links = archive.listed("/v1/wegvakken")
    sites = counters(links)
    for link in links:
        if sites.get(link["id"]) == site:
            yield "wegvakken", link["id"], LinkFigures(library, site, link)
    for collection in ("doorfietsroutes", "verbindingen"):
        for chain in archive.listed(f"/v1/{collection}"):
            if site in {sites.get(link["id"]) for link in chain["wegvakken"]}:
                yield collection, chain["id"], ChainFigures(library, chain["wegvakken"], sites)


def _compared(archive: Archive, name: str, reckoner: Reckoner, row: Mapping[str, Any]) -> Finding:
    asked = Asked(row["kengetal"], row["facet"] or "", row["deel"] or 0, period_of(row, archive.span))
    what = f"{asked.slug} of {name}" + (f", {asked.facet}" if asked.facet else "")
    bucket = f"{row['periode']} {asked.period.first} - {asked.period.last}" + (f", {asked.part}" if asked.part else "")
    if asked.slug not in reckoner.known:
        return Unchecked(what, bucket, _NOT_OURS)
    return Compared(what, bucket, "waarde", row["waarde"], reckoner.reckon(asked), _WHY, exact=False)
