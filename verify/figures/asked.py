"""One published figure, as a question to whoever can reckon it."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from verify.figures.book import Period


class Asked(NamedTuple):
    """A figure by its public names: the facet is a mode or a screenline, the part one of seven weekdays."""

    slug: str
    facet: str
    part: int
    period: Period


class Reckoner(Protocol):
    """Who knows the figures of one thing."""

    known: Collection[str]

    def reckon(self, asked: Asked) -> float | None:
        """Reckon one of the known figures; None where it has to be withheld."""
