"""The figures of sites and screenlines."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, TypeAlias

from verify.figures import averages, growth, rhythm
from verify.figures.asked import Asked
from verify.figures.book import Book, Period
from verify.figures.chains import directionality
from verify.figures.library import Library

DIRECTIONS: Final = "richtingsverschil"
_WEEKDAYS: Final = "weekdagindex"
_THERE_AND_BACK: Final = 2

_OfDays: TypeAlias = Callable[[Book, Period], float | None]
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
"""The figures that follow from the days of one mode at one site, by public name."""


class SiteFigures:
    """The figures of a site; their facet is a mode."""

    known: Collection[str] = frozenset({*OF_DAYS, _WEEKDAYS, DIRECTIONS})

    def __init__(self, library: Library, site: str) -> None:
        self._library = library
        self._site = site

    def reckon(self, asked: Asked) -> float | None:
        """Reckon one of the known figures."""
        book = self._library.book(self._site, asked.facet)
        if asked.slug == _WEEKDAYS:
            return averages.weekday_index(book, asked.period, asked.part)
        if asked.slug == DIRECTIONS:
            days, expected = list(book.counts(asked.period)), asked.period.within(asked.period)
            return one_sided(self._library, [self._site], asked.facet, days, expected)
        return OF_DAYS[asked.slug](book, asked.period)


class LineFigures:
    """The figures of a screenline; their facet is a mode."""

    known: Collection[str] = frozenset({DIRECTIONS})

    def __init__(self, library: Library, sites: Sequence[str]) -> None:
        self._library = library
        self._sites = sites

    def reckon(self, asked: Asked) -> float | None:
        """Reckon the one known figure."""
        days = [day for day in self._library.archive.span.days() if day in asked.period]
        return one_sided(self._library, self._sites, asked.facet, days, len(days))


def one_sided(library: Library, sites: Sequence[str], mode: str, days: Sequence[date], expected: int) -> float | None:
    """Compare the two directions of some sites together, on days on which each was counted at all of them."""
    directions = {one for site in sites for one in library.archive.site(site).directions.get(mode, ())}
    if len(directions) != _THERE_AND_BACK:
        return None
    there, back = (_together(library, sites, mode, direction) for direction in sorted(directions))
    both = [day for day in days if day in there and day in back]
    return directionality(there, back, both) if len(both) * 4 >= expected * 3 else None


def _together(library: Library, sites: Sequence[str], mode: str, direction: str) -> Mapping[date, float]:
    known = [
        library.directed(site, mode, direction)
        for site in sites
        if direction in library.archive.site(site).directions.get(mode, ())
    ]
    return {day: sum(days[day] for days in known) for day in known[0] if all(day in days for days in known)}
