"""What the neighbours of a silent channel counted meanwhile, over what is usual there."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from streams.domain.quality.series import Numbers
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.usual import ordinary, profile

BLOCK: Final = 24
"""Hours that share one rate: a day has its weather."""
BUSIEST: Final = 1.5
"""A channel is not expected to be busier than so many times its usual, however busy its neighbours are."""
_TELLING: Final = 20.0
"""Expected passages from which on a count says something."""


class Neighbours(NamedTuple):
    """How busy the neighbours were over what is usual there: by the hour of a silence (`scale`), and by place.

    Without any that tells, `scale` is the share that a channel alone is trusted with.
    """

    scale: Numbers
    places: dict[str, float]


class _Place(NamedTuple):
    name: str
    counted: Numbers
    usual: Numbers


def meanwhile(member: Member, setting: SeriesSetting, begin: int, end: int) -> Neighbours:
    """Return how busy the neighbours were from one hour of the grid to another, `end` included.

    A neighbour that was silent too is not compared with, as it may hang on the same cable; but when all other places
    were silent, something kept everybody at home, or else it takes longer to be sure. The median of the places
    counts, for each 24 hours, and for the whole silence where they are too quiet.
    """
    compared = list(_comparable(member, setting, begin, end))
    places = _by_place(compared)
    if not places:
        elsewhere = any(one.name != member.series.place for one in compared)
        return alone(member, begin, end, member.limits.silent_share if elsewhere else member.limits.alone_share)
    whole = {place.name: float(place.counted.sum() / place.usual.sum()) for place in places}
    scale = np.full(end - begin + 1, np.median(list(whole.values())))
    for first in range(0, len(scale), BLOCK):
        ratios = list(_ratios(places, slice(first, first + BLOCK)))
        if ratios:
            scale[first : first + BLOCK] = np.median(ratios)
    return Neighbours(np.minimum(scale, BUSIEST), whole)


def alone(member: Member, begin: int, end: int, share: float | None = None) -> Neighbours:
    """Return what is to be expected of a channel that has nobody to be compared with."""
    return Neighbours(np.full(end - begin + 1, member.limits.alone_share if share is None else share), {})


def other_directions(member: Member, setting: SeriesSetting, begin: int, end: int) -> dict[str, float]:
    """Return what the other channels of the place counted meanwhile, by direction."""
    passages: dict[str, float] = {}
    for other in setting.like(member):
        if other.series.place == member.series.place:
            name = other.series.direction or other.series.channel
            passages[name] = passages.get(name, 0.0) + float(other.hourly.sums[begin : end + 1].sum())
    return passages


def _comparable(member: Member, setting: SeriesSetting, begin: int, end: int) -> Iterator[_Place]:
    """Ask the other series of the quantity of which enough was to be expected."""
    hours = np.arange(begin, end + 1)
    for other in setting.like(member):
        usual = profile(ordinary(other.hourly.rates, setting.grid), begin, other.limits)
        if usual is None:
            continue
        shares = np.minimum(other.hourly.shares[begin : end + 1], 1.0)
        expected = usual.rates(hours, setting.grid, other.limits) * shares
        if expected.sum() >= _TELLING:
            yield _Place(other.series.place, other.hourly.sums[begin : end + 1], expected)


def _by_place(compared: list[_Place]) -> list[_Place]:
    """Add up the series of each place that were not silent, in order of the names."""
    places: dict[str, _Place] = {}
    for one in compared:
        if one.counted.any():
            before = places.get(one.name, _Place(one.name, np.zeros(()), np.zeros(())))
            places[one.name] = _Place(one.name, before.counted + one.counted, before.usual + one.usual)
    return [places[name] for name in sorted(places)]


def _ratios(places: list[_Place], part: slice) -> Iterator[float]:
    for place in places:
        usual = place.usual[part].sum()
        if usual >= _TELLING:
            yield float(place.counted[part].sum() / usual)
