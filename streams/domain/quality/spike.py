"""Lone spikes, which are faults, and events, which are not: several high readings in a row."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.readings import Readings, readings
from streams.domain.quality.series import DAY, Marks, Numbers, QualityRun, instant, stretches, text
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.thresholds import Thresholds

SPIKE: Final = "spike-1"
EVENT: Final = "event-1"
_SIDE: Final = 3
_WIDE: Final = 48
_FACTOR: Final = 3 * 1.4826


def spike(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    """Find lone readings that stand far out: of both neighbours, of what is usual, and of what the past had of these.

    Groups pass together and make lone high quarters that are real: a spike stands out further than any group before,
    and further than a large group. It is judged when the reading after it is there.
    """
    if not member.limits.spike_excess:
        return
    seen = readings(member, setting)
    excess = seen.values - _beside(seen.values)
    past = np.where(seen.near(member.series.seconds), excess, 0.0)
    for at in map(int, np.flatnonzero(_candidates(member, seen))):
        largest = _largest_before(past, seen, at, member.limits)
        if excess[at] >= member.limits.spike_history * largest and stands_out(seen.values - seen.usual, at):
            past[at] = 0.0
            lone = _run(member, seen, at, at + 1)
            evidence = dict(lone.evidence) | {"largest_before": round(largest, 1)}
            yield lone._replace(flag="spike", rule=SPIKE, evidence=evidence)


def event(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    """Find several high readings in a row, which may be an event: suspect, kept and shown.

    Days that the calendar says are events are not looked at.
    """
    if not member.limits.event_excess or not QUANTITIES[member.series.quantity].counted:
        return
    seen = readings(member, setting)
    high = _above(seen, member.limits.event_factor, member.limits.event_excess) & ~seen.event_days
    for first, last in stretches(high):
        if last - first > 1 and seen.starts[last - 1] - seen.starts[first] < 2 * (last - first) * member.series.seconds:
            row = _run(member, seen, first, last)
            sums = (float(which[first:last].sum()) for which in (seen.values, seen.usual))
            evidence = dict(row.evidence) | dict(
                zip(("sum", "usual_sum"), (round(one, 1) for one in sums), strict=True)
            )
            yield row._replace(flag="event", rule=EVENT, evidence=evidence)


def stands_out(values: Numbers, at: int) -> bool:
    """Return whether one value is an outlier of its neighbourhood, of three values on each side (Hampel).

    That is, further from their median than 3 · 1.4826 · MAD. Where the MAD is 0, that of 48 values on each side is
    taken; where it is 0 as well, nothing is an outlier.
    """
    for side in (_SIDE, _WIDE):
        around = values[max(at - side, 0) : at + side + 1]
        around = around[np.isfinite(around)]
        median = float(np.median(around))
        mad = float(np.median(np.abs(around - median)))
        if mad > 0:
            return bool(abs(values[at] - median) > _FACTOR * mad)
    return False


def _candidates(member: Member, seen: Readings) -> Marks:
    """Return the readings that could be spikes, without looking at the past."""
    limits = member.limits
    beside = _beside(seen.values)
    raised = _above(seen, limits.raised_factor, limits.raised_excess) & (limits.raised_excess > 0)
    in_row = np.concatenate([[False], raised[:-1]]) | np.concatenate([raised[1:], [False]])
    alone = seen.near(member.series.seconds) & (~in_row | (seen.values >= max(limits.spike_factor, 1.0) * beside))
    far = (seen.values - beside >= limits.spike_excess) & (seen.values >= limits.spike_neighbours * beside)
    return np.asarray(alone & far & np.isfinite(seen.usual) & (seen.values >= limits.spike_factor * seen.usual))


def _beside(values: Numbers) -> Numbers:
    """Return the larger one of the readings before and after; infinity at both ends."""
    before = np.concatenate([[np.inf], values[:-1]])[: len(values)]
    after = np.concatenate([values[1:], [np.inf]])[: len(values)]
    return np.asarray(np.maximum(before, after))


def _above(seen: Readings, factor: float, excess: float) -> Marks:
    """Return the readings that are so many times what is usual, and so much more."""
    return np.asarray((seen.values >= factor * seen.usual) & (seen.values - seen.usual >= excess))


def _largest_before(past: Numbers, seen: Readings, at: int, limits: Thresholds) -> float:
    """Return how far the furthest lone reading of the weeks before stood out."""
    first = int(np.searchsorted(seen.starts, seen.starts[at] - limits.weeks * 7 * DAY))
    return float(np.max(past[first:at], initial=0.0))


def _run(member: Member, seen: Readings, first: int, last: int) -> QualityRun:
    """Return a run of readings without its flag and rule."""
    series = member.series
    evidence: dict[str, object] = {
        "value": round(float(np.max(seen.values[first:last])), 2),
        "usual": round(float(np.max(seen.usual[first:last])), 2),
        "before": round(float(seen.values[first - 1]), 2) if first else None,
        "after": round(float(seen.values[last]), 2) if last < len(seen.values) else None,
        "readings": last - first,
        "at": text(seen.starts[first]),
    }
    ended_at = instant(seen.starts[last - 1] + series.seconds)
    return QualityRun(series.datastream, "", instant(seen.starts[first]), ended_at, "", evidence)
