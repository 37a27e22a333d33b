"""Air quality indices: the tables of bands, and the index of an hour from the means of its pollutants."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

Groups: TypeAlias = Sequence[Sequence[str]]
"""Groups of pollutants, of each of which one must be known."""

PARTICULATES: Final = frozenset({"pm25", "pm10"})
_LEAST: Final = (3, 4)
"""The part of the pollutants of a station that must be known: three quarters."""


class IndexTable(NamedTuple):
    """One version of one index: where each sub-index begins, a bound belonging to the higher band.

    `needed` has what must be there by the surroundings of a station. Where `equal` sub-indices or more are all the
    same, the index is one higher. Particulate matter counts by its mean of `hours`.
    """

    bands: Mapping[str, Sequence[float]]
    highest: int
    needed: Mapping[str, Groups] = MappingProxyType({})
    equal: int | None = None
    hours: int = 1


class HourIndex(NamedTuple):
    """The index of an hour, None where it is withheld, and how many pollutants of how many are known."""

    value: int | None
    known: int
    expected: int


_EUROPEAN: Final[Mapping[str, Groups]] = {
    "verkeer": (("no2",), ("pm25", "pm10")),
    "achtergrond": (("no2",), ("o3",), ("pm25", "pm10")),
}
_DUTCH: Final = (0, 10, 20, 30, 45, 60, 75, 100, 125, 150, 200)
TABLES: Final[Mapping[str, IndexTable]] = {
    "lki-2014": IndexTable(
        {
            "no2": _DUTCH,
            "pm10": _DUTCH,
            "pm25": (0, 10, 15, 20, 30, 40, 50, 70, 90, 100, 140),
            "o3": (0, 15, 30, 40, 60, 80, 100, 140, 180, 200, 240),
        },
        highest=11,
        equal=2,
    ),
    "eaqi-2024": IndexTable(
        {
            "pm25": (0, 5, 15, 50, 90, 140),
            "pm10": (0, 15, 45, 120, 195, 270),
            "no2": (0, 10, 25, 60, 100, 150),
            "o3": (0, 60, 100, 120, 160, 180),
            "so2": (0, 20, 40, 125, 190, 275),
        },
        highest=6,
        needed=_EUROPEAN,
    ),
    "eaqi-2017": IndexTable(
        {
            "pm25": (0, 10, 20, 25, 50, 75),
            "pm10": (0, 20, 40, 50, 100, 150),
            "no2": (0, 40, 90, 120, 230, 340),
            "o3": (0, 50, 100, 130, 240, 380),
            "so2": (0, 100, 200, 350, 500, 750),
        },
        highest=6,
        needed=_EUROPEAN,
        hours=24,
    ),
}
"""The tables by their public names (domain handbook, air quality)."""


def sub_index(table: IndexTable, pollutant: str, value: float) -> int:
    """Return the band of a mean; below zero is noise of an instrument, and counts as zero."""
    return bisect_right(table.bands[pollutant], max(0.0, value))


def index(table: IndexTable, means: Mapping[str, float | None], surroundings: str) -> HourIndex:
    """Compute an index from the means of all pollutants of it that a station measures, None where one is missing."""
    measured = {name: mean for name, mean in means.items() if name in table.bands}
    bands = {name: sub_index(table, name, mean) for name, mean in measured.items() if mean is not None}
    least, of = _LEAST
    lacking = any(bands.keys().isdisjoint(group) for group in table.needed.get(surroundings, ()))
    if not bands or lacking or len(bands) * of < len(measured) * least:
        return HourIndex(None, len(bands), len(measured))
    alike = table.equal is not None and len(bands) >= table.equal and len(set(bands.values())) == 1
    return HourIndex(min(max(bands.values()) + alike, table.highest), len(bands), len(measured))
