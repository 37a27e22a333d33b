"""Stuck sensors: one value again and again, where the past shows that values change."""

from collections.abc import Iterator
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import (
    DAY,
    HOUR,
    OPEN,
    Instants,
    Marks,
    Numbers,
    QualityRun,
    instant,
    stretches,
    text,
)
from streams.domain.quality.setting import Member, SeriesSetting

RULE: Final = "stuck-1"
_PRIOR: Final = 20
"""How many readings the habits of the whole series weigh beside those at one value."""
_MOST: Final = 0.98


class _Repeats(NamedTuple):
    """The readings that count, and which of them are the same as the one before."""

    starts: Instants
    values: Numbers
    same: Marks


def stuck(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:  # noqa: ARG001 - checks have one shape
    """Find values that came again so often that chance does not do it, by how often a value came again before.

    A sensor that rounds, or that always says one thing, repeats itself often, so that the same run says little there.
    Zeros of counts are judged by what was expected (`dead`).
    """
    there = member.counts
    if not member.limits.stuck_surprise or there.sum() < _PRIOR:
        return
    values = member.series.values[there]
    seen = _Repeats(member.series.starts[there], values, np.diff(values, prepend=np.nan) == 0)
    past = np.ones(len(values), np.bool_)
    for first, last in stretches(seen.same):
        found = _found(member, seen, past, first - 1, last)
        if found is not None:
            past[first - 1 : last] = False
            yield found


def _found(member: Member, seen: _Repeats, past: Marks, first: int, last: int) -> QualityRun | None:
    """Judge the readings of one value from `first` until before `last`, by those of the weeks before that tell."""
    limits, value, repeats = member.limits, float(seen.values[first]), last - first - 1
    hours = (int(seen.starts[last - 1]) + member.series.seconds - int(seen.starts[first])) / HOUR
    most = -repeats * log(limits.stuck_least_chance)
    if hours < limits.stuck_hours or most < limits.stuck_surprise or _is_usual_there(member, value):
        return None
    earliest = int(np.searchsorted(seen.starts, seen.starts[first] - limits.weeks * 7 * DAY))
    before = np.flatnonzero(past[earliest:first]) + earliest
    if len(before) < max(_PRIOR, 2 * repeats):
        return None
    chance = float(np.clip(_chance(seen, before, value), limits.stuck_least_chance, _MOST))
    surprise = -repeats * log(chance)
    if surprise < limits.stuck_surprise:
        return None
    evidence = {
        "value": value,
        "times": last - first,
        "hours": round(hours, 2),
        "since": text(seen.starts[first]),
        "chance_of_repeat": round(chance, 3),
        "surprise": round(surprise, 1),
    }
    ended_at = instant(seen.starts[last - 1] + member.series.seconds) if last < len(seen.values) else OPEN
    return QualityRun(member.series.datastream, "stuck", instant(seen.starts[first]), ended_at, RULE, evidence)


def _is_usual_there(member: Member, value: float) -> bool:
    """Return whether staying at this value is nothing unusual: no passages, or the end of the scale."""
    counted = QUANTITIES[member.series.quantity].counted
    return (counted and value == 0) or value in member.limits.stuck_at_bounds


def _chance(seen: _Repeats, before: NDArray[np.intp], value: float) -> float:
    """Return how often a value was followed by itself: this one, and any, which weighs more where this one was rare."""
    after = before[(before > 0) & (seen.values[before - 1] == value)]
    return float((seen.same[after].sum() + _PRIOR * seen.same[before].mean()) / (len(after) + _PRIOR))
