"""The key of a published indicator, and the protocol of what computes one."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from verify.indicators.day_series import DayRange


class IndicatorKey(NamedTuple):
    """An indicator by its public names; `facet` is a mode or a screenline, `part` one of the seven weekdays."""

    slug: str
    facet: str
    part: int
    period: DayRange


class IndicatorSource(Protocol):
    """A class that computes the indicators of one site, screenline, link or chain."""

    known: Collection[str]

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators; None where it has to be withheld."""


class NoIndicators:
    """What has indicators that are not recomputed: every one of them is reported so."""

    known: Collection[str] = frozenset()

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute none of them."""
        raise KeyError(key.slug)
