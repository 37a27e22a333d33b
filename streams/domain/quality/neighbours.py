"""What the neighbours of a silent channel counted meanwhile, over what is usual there."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from streams.domain.quality.series import Numbers
from streams.domain.quality.setting import Member, Setting
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
    counted: Numbers
    usual: Numbers


def meanwhile(member: Member, setting: Setting, begin: int, end: int) -> Neighbours:
    """Return how busy the neighbours were from one hour of the grid to another, `end` included.

    A neighbour that was silent too says nothing: it may hang on the same cable. The median of the places counts, for
    each 24 hours, and for the whole silence where they are too quiet.
    """
    places: dict[str, _Place] = {}
    for name, counted, usual in _speaking(member, setting, begin, end):
        before = places.get(name, _Place(np.zeros(len(counted)), np.zeros(len(counted))))
        places[name] = _Place(before.counted + counted, before.usual + usual)
    whole = {name: float(place.counted.sum() / place.usual.sum()) for name, place in sorted(places.items())}
    if not whole:
        return alone(member, begin, end)
    scale = np.full(end - begin + 1, np.median(list(whole.values())))
    for first in range(0, len(scale), BLOCK):
        ratios = list(_ratios(places, slice(first, first + BLOCK)))
        if ratios:
            scale[first : first + BLOCK] = np.median(ratios)
    return Neighbours(np.minimum(scale, BUSIEST), whole)


def alone(member: Member, begin: int, end: int) -> Neighbours:
    """Return what is to be expected of a channel that has nobody to be compared with."""
    return Neighbours(np.full(end - begin + 1, member.limits.alone_share), {})


def other_directions(member: Member, setting: Setting, begin: int, end: int) -> dict[str, float]:
    """Return what the other channels of the place counted meanwhile, by direction."""
    passages: dict[str, float] = {}
    for other in setting.like(member):
        if other.series.place == member.series.place:
            name = other.series.direction or other.series.channel
            passages[name] = passages.get(name, 0.0) + float(other.hourly.sums[begin : end + 1].sum())
    return passages


def _speaking(member: Member, setting: Setting, begin: int, end: int) -> Iterator[tuple[str, Numbers, Numbers]]:
    hours = np.arange(begin, end + 1)
    for other in setting.like(member):
        counted = other.hourly.sums[begin : end + 1]
        usual = profile(ordinary(other.hourly.rates, setting.grid), begin, other.limits) if counted.any() else None
        if usual is None:
            continue
        expected = usual.rates(hours, setting.grid, other.limits) * np.minimum(other.hourly.shares[begin : end + 1], 1)
        if expected.sum() >= _TELLING:
            yield other.series.place, counted, expected


def _ratios(places: dict[str, _Place], part: slice) -> Iterator[float]:
    for place in places.values():
        usual = place.usual[part].sum()
        if usual >= _TELLING:
            yield float(place.counted[part].sum() / usual)
