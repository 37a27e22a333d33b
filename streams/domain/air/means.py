"""Means with the coverage that they require (Dir. 2008/50/EC, Annex VII), below which they are withheld."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import fsum
from typing import Final, Literal, NamedTuple, TypeAlias

from schemas.reasons import Reason, reason
from streams.domain.coverage import NEEDED, enough, too_little

BEFORE: Final = 7
"""The hours before local midnight that belong to the first running mean of eight hours that ends in a day."""

_EIGHT: Final = BEFORE + 1
_SUMMER: Final = range(4, 10)

Half: TypeAlias = Literal["summer", "winter"]


class AirMean(NamedTuple):
    """A value, or why it is withheld; `valid` of `expected` hours or stations."""

    value: float | None
    withheld: Reason | None
    valid: int
    expected: int


class HoursPart(NamedTuple):
    """The hours of a longer time: the sum of the valid ones, their number, and the number of all."""

    total: float
    valid: int
    expected: int

    def and_(self, other: "HoursPart") -> "HoursPart":
        """Add another part."""
        return HoursPart(self.total + other.total, self.valid + other.valid, self.expected + other.expected)


def part_mean(part: HoursPart) -> AirMean:
    """Return the mean of the valid hours of a part."""
    if not enough(part.valid, part.expected):
        return AirMean(None, too_little(part.valid, part.expected), part.valid, part.expected)
    return AirMean(part.total / part.valid, None, part.valid, part.expected)


def mean(values: Iterable[float | None], expected: int) -> AirMean:
    """Return the mean of the values of `expected` hours: eight for a mean of 8 hours, 23 to 25 for a local day."""
    known = [value for value in values if value is not None]
    return part_mean(HoursPart(fsum(known), len(known), expected))


def running(hours: Sequence[float | None], width: int) -> list[float | None]:
    """Return the mean of every `width` consecutive hours, None where it is withheld."""
    return [mean(hours[start : start + width], width).value for start in range(len(hours) - width + 1)]


def day_mean(hours: Sequence[float | None]) -> AirMean:
    """Return the mean of a local day, given all of its 23, 24 or 25 hours."""
    return mean(hours, len(hours))


def day_max_8h(hours: Sequence[float | None]) -> AirMean:
    """Return the highest mean of eight hours that ends in a local day, given the `BEFORE` hours before it and its own.

    Three quarters of the means must be available: 18 on a day of 24 hours. `valid` and `expected` count means.
    """
    found = running(hours, _EIGHT)
    known = [value for value in found if value is not None]
    if not enough(len(known), len(found)):
        return AirMean(None, too_little(len(known), len(found)), len(known), len(found))
    return AirMean(max(known), None, len(known), len(found))


def half(day: date) -> Half:
    """Return the half of the year of a day: April to September is summer."""
    return "summer" if day.month in _SUMMER else "winter"


def year_mean(summer: HoursPart, winter: HoursPart) -> AirMean:
    """Return the mean of the hours of a year; withheld unless summer and winter each have three quarters of theirs."""
    parts = (("summer", summer), ("winter", winter))
    total, valid, expected = summer.and_(winter)
    poor = [name for name, part in parts if not enough(part.valid, part.expected)]
    if poor:
        return AirMean(None, reason("coverage_below_in_half", halves=poor, needed=NEEDED), valid, expected)
    return AirMean(total / valid, None, valid, expected)
