"""Stuck sensors: one value again and again, where the past shows that values change."""

from collections.abc import Iterator
from math import log
from typing import Final

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import DAY, HOUR, OPEN, Run, instant, stretches, text
from streams.domain.quality.setting import Member, Setting

RULE: Final = "stuck-1"
_PRIOR: Final = 20
"""How many readings the habits of the whole series weigh beside those at one value."""
_MOST: Final = 0.98


def stuck(member: Member, setting: Setting) -> Iterator[Run]:  # noqa: ARG001 - checks have one shape
    """Find values that came again so often that chance does not do it, by how often a value came again before.

    A sensor that rounds, or that always says one thing, repeats itself often, so that the same run says little there.
    Zeros of counts are judged by what was expected (`dead`).
    """
    series, limits = member.series, member.limits
    there = np.flatnonzero(member.counts)
    if not limits.stuck_surprise or len(there) < _PRIOR:
        return
    values, starts = series.values[there], series.starts[there]
    same = np.concatenate([[False], values[1:] == values[:-1]])
    past = np.zeros(len(values), np.bool_)
    past[1:] = True
    for first, last in stretches(same):
        begin, times = first - 1, last - first
        value = float(values[begin])
        hours = (int(starts[last - 1]) + series.seconds - int(starts[begin])) / HOUR
        if hours < limits.stuck_hours or _is_usual_there(member, value) or times < 2:  # noqa: PLR2004 - a pair is no run
            continue
        before = past & (starts < starts[begin]) & (starts >= starts[begin] - limits.weeks * 7 * DAY)
        if before.sum() < max(_PRIOR, 2 * times):
            continue
        chance = _chance(before, same, values, value, limits.stuck_least_chance)
        surprise = -times * log(chance)
        if surprise >= limits.stuck_surprise:
            past[begin:last] = False
            ended_at = instant(starts[last - 1] + series.seconds) if last < len(values) else OPEN
            evidence = {
                "value": value,
                "times": times + 1,
                "hours": round(hours, 2),
                "since": text(starts[begin]),
                "chance_of_repeat": round(chance, 3),
                "surprise": round(surprise, 1),
            }
            yield Run(series.datastream, "stuck", instant(starts[begin]), ended_at, RULE, evidence)


def _is_usual_there(member: Member, value: float) -> bool:
    """Return whether staying at this value is nothing unusual: no passages, or the end of the scale."""
    counted = QUANTITIES[member.series.quantity].counted
    return (counted and value == 0) or value in member.limits.stuck_at_bounds


def _chance(before, same, values, value: float, least: float) -> float:  # type: ignore[no-untyped-def]
    """Return how often a value is followed by itself: at this value, and over all where it was rare."""
    usual = float(same[before].mean())
    after = np.flatnonzero(before & np.concatenate([[False], values[:-1] == value]))
    return float(np.clip((same[after].sum() + _PRIOR * usual) / (len(after) + _PRIOR), least, _MOST))
