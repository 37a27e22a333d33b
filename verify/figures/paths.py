"""The figures of links, and of the routes and connections that they make."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from verify.figures import averages, chains
from verify.figures.asked import Asked
from verify.figures.book import Period
from verify.figures.library import Library
from verify.figures.places import DIRECTIONS, SiteFigures
from verify.riding import Link
from verify.sharing import BICYCLE

_ALWAYS: Final = Period(date.min, date.max)
_CYCLISTS: Final = "fietsers-per-dag"
_RIDDEN: Final = "fietskilometers"
_SPLIT: Final = "verdeling-over-wegvakken"
_GROWTH: Final = "gelijke-dagen"
_MEASURED: Final = "gemeten-deel"


class LinkFigures:
    """The figures of a link, which has its cyclists from a site; the facet of one is a screenline."""

    known: Collection[str] = frozenset(
        {_CYCLISTS, _RIDDEN, _SPLIT, DIRECTIONS, "weekend-weekdagindex", "ochtend-middagindex"}
    )

    def __init__(self, library: Library, site: str, link: Mapping[str, Any]) -> None:
        self._library = library
        self._site = site
        self._link = link

    def reckon(self, asked: Asked) -> float | None:
        """Reckon one of the known figures."""
        if asked.slug == _SPLIT:
            return chains.split(self._link["id"], parallel(self._library, asked.facet), asked.period)
        if asked.slug not in {_CYCLISTS, _RIDDEN}:
            return SiteFigures(self._library, self._site).reckon(asked._replace(facet=BICYCLE))
        mean = averages.naive_aadb(self._library.book(self._site, BICYCLE), asked.period)
        length: float = 1.0 if asked.slug == _CYCLISTS else self._link["lengteKm"]
        return None if mean is None else mean * length


class ChainFigures:
    """The figures of a route or a connection."""

    known: Collection[str] = frozenset({*chains.SLUGS, _GROWTH, _MEASURED})

    def __init__(self, library: Library, links: Sequence[Mapping[str, Any]], sites: Mapping[str, str]) -> None:
        self._links = [
            Link(one["id"], one["lengteKm"], one["groen"], one["telpunt"] is not None, None) for one in links
        ]
        self._days = {link.name: cyclists(library, sites.get(link.name)) for link in self._links}

    def reckon(self, asked: Asked) -> float | None:
        """Reckon one of the known figures."""
        if asked.slug == _GROWTH:
            return chains.like_for_like(self._links, self._days, asked.period)
        return chains.of_period(self._links, self._days, asked.period)[asked.slug]


def cyclists(library: Library, site: str | None) -> Mapping[date, float]:
    """Give what was counted on all valid days of a site."""
    return library.book(site, BICYCLE).counts(_ALWAYS) if site else {}


def parallel(library: Library, line: str) -> Mapping[str, Mapping[date, float]]:
    """Give what was counted on the links that lie beside each other on a screenline."""
    (sites,) = (one["telpunten"] for one in library.archive.listed("/v1/tellijnen") if one["id"] == line)
    links = library.archive.listed("/v1/wegvakken")
    return {link["id"]: cyclists(library, link["telpunt"]) for link in links if link["telpunt"] in sites}
