"""Sensors that drift away from neighbours like them, over a week."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import OPEN, Numbers, Run, instant, stretches
from streams.domain.quality.setting import Member, Setting

RULE: Final = "unlike-1"
_WEEK: Final = 7
_PAST: Final = 28
_LEAST_PAST: Final = 14
_LEAST_HOURS: Final = 100
"""Of the 168 hours of a week."""


def unlike_neighbours(member: Member, setting: Setting) -> Iterator[Run]:
    """Find weeks in which a sensor moved away from its neighbours: counts against their own past, air as it is."""
    if not member.limits.unlike_factor:
        return
    counted = QUANTITIES[member.series.quantity].counted
    found = _counts(member, setting) if counted else _air(member, setting)
    yield from _runs(member, setting, dict(found))


def _counts(member: Member, setting: Setting) -> Iterator[tuple[int, dict[str, object]]]:
    """Compare the ratio to each neighbour with the one of four weeks before; the median of the neighbours counts.

    Yields the last day of each week that is unlike, with its evidence.
    """
    pairs = [_daily(member, other) for other in setting.like(member)]
    limits = member.limits
    unlike = np.zeros(len(setting.grid) // 24, np.bool_)
    for day in range(_WEEK + _LEAST_PAST, len(unlike) + 1):
        usual = np.flatnonzero(~unlike[: day - _WEEK])[-_PAST:]
        ratios = [
            ratio for ratio in (_ratio(own, other, day, usual, limits.unlike_excess) for own, other in pairs) if ratio
        ]
        if len(ratios) < limits.unlike_neighbours:
            continue
        factor = float(np.median(ratios))
        counted = float(np.nansum(member.hourly.sums.reshape(-1, 24)[day - _WEEK : day]))
        if _far(factor, limits.unlike_factor) and abs(counted - counted / factor) >= limits.unlike_excess:
            unlike[day - 1] = True
            yield day, {"factor": round(factor, 3), "neighbours": len(ratios), "passages": round(counted, 1)}


def _far(factor: float, limit: float) -> bool:
    return factor > limit or factor < 1 / limit


def _daily(member: Member, other: Member) -> tuple[Numbers, Numbers]:
    """Return the sums of each local day of two series, over the hours that both measured."""
    both = np.isfinite(member.hourly.rates) & np.isfinite(other.hourly.rates)
    own, theirs = (np.where(both, one.hourly.sums, 0.0).reshape(-1, 24).sum(axis=1) for one in (member, other))
    return own, theirs


def _ratio(own: Numbers, other: Numbers, day: int, usual, least: float) -> float | None:  # type: ignore[no-untyped-def]
    """Return how the ratio of the last week relates to the usual one; None where too little was counted."""
    week = slice(day - _WEEK, day)
    past_own, past_other = float(own[usual].sum()), float(other[usual].sum())
    expected = float(other[week].sum()) * past_own / past_other if past_other else 0.0
    if len(usual) < _LEAST_PAST or past_own < least or past_other < least or expected < least:
        return None
    return max(float(own[week].sum()), 1.0) / expected


def _air(member: Member, setting: Setting) -> Iterator[tuple[int, dict[str, object]]]:
    """Compare the median of a week with that of the kits near, hour by hour their median."""
    others = [other.hourly.rates for other in setting.like(member) if other.series.place != member.series.place]
    limits = member.limits
    if len(others) < limits.unlike_neighbours:
        return
    table = np.array(others)
    enough = np.isfinite(table).sum(axis=0) >= limits.unlike_neighbours
    near = np.full(table.shape[1], np.nan)
    near[enough] = np.nanmedian(table[:, enough], axis=0)
    own = np.where(enough, member.hourly.rates, np.nan)
    for day in range(_WEEK, len(own) // 24 + 1):
        week = slice((day - _WEEK) * 24, day * 24)
        there = np.isfinite(own[week])
        if there.sum() < _LEAST_HOURS:
            continue
        mine, theirs = float(np.median(own[week][there])), float(np.median(near[week][there]))
        if abs(mine - theirs) >= limits.unlike_excess and _far(
            max(mine, 0.01) / max(theirs, 0.01), limits.unlike_factor
        ):
            yield day, {"median": round(mine, 2), "median_of_neighbours": round(theirs, 2), "neighbours": len(others)}


def _runs(member: Member, setting: Setting, weeks: dict[int, dict[str, object]]) -> Iterator[Run]:
    """Return a run for weeks that follow each other, from the beginning of the first to the end of the last."""
    days = len(setting.grid) // 24
    marks = np.array([day in weeks for day in range(days + 1)], np.bool_)
    for first, last in stretches(marks):
        inside = np.flatnonzero((member.at >= (first - _WEEK) * 24) & (member.at < (last - 1) * 24))
        if not len(inside):
            continue
        series = member.series
        ended_at = OPEN if last == days + 1 else instant(series.starts[inside[-1]] + series.seconds)
        yield Run(
            series.datastream, "unlike_neighbours", instant(series.starts[inside[0]]), ended_at, RULE, weeks[last - 1]
        )
