"""One published indicator, as a question to whoever can compute it."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from verify.indicators.day_series import DayRange


class IndicatorKey(NamedTuple):
    """An indicator by its public names: the facet is a mode or a screenline, the part one of seven weekdays."""

    slug: str
    facet: str
    part: int
    period: DayRange


class IndicatorSource(Protocol):
    """Who knows the indicators of one thing."""

    known: Collection[str]

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators; None where it has to be withheld."""
