"""Sensors that drift away from neighbours like them, over a week."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import OPEN, Numbers, QualityRun, instant, stretches
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.thresholds import Thresholds

RULE: Final = "unlike-1"
_WEEK: Final = 7
_PAST: Final = 28
_LEAST_PAST: Final = 14
_LEAST_HOURS: Final = 100
"""Of the 168 hours of a week."""
_LEAST: Final = 0.01
"""What is less counts as this much in a factor; clean air may be 0, and noise below it."""


def unlike_neighbours(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    """Find weeks in which a sensor moved away from its neighbours: counts against their own past, air as it is."""
    if not member.limits.unlike_factor:
        return
    counted = QUANTITIES[member.series.quantity].counted
    found = _counts(member, setting) if counted else _air(member, setting)
    yield from _runs(member, setting, dict(found))


def _counts(member: Member, setting: SeriesSetting) -> Iterator[tuple[int, dict[str, object]]]:
    """Compare the ratio to each neighbour with the one of four weeks before; the median of the neighbours counts.

    Yields the day after each week that is unlike, with its evidence.
    """
    limits = member.limits
    pairs = np.array([_daily(member, other) for other in setting.like(member)])
    if len(pairs) < limits.unlike_neighbours:
        return
    counted = member.hourly.sums.reshape(-1, 24).sum(axis=1)
    unlike = np.zeros(len(counted), np.bool_)
    for day in range(_WEEK + _LEAST_PAST, len(counted) + 1):
        usual = np.flatnonzero(~unlike[: day - _WEEK])[-_PAST:]
        factors = _factors(pairs[:, :, day - _WEEK : day].sum(axis=2), pairs[:, :, usual].sum(axis=2), limits)
        if len(factors) < limits.unlike_neighbours or len(usual) < _LEAST_PAST:
            continue
        factor, passages = float(np.median(factors)), float(counted[day - _WEEK : day].sum())
        if _far(factor, limits.unlike_factor) and abs(passages - passages / factor) >= limits.unlike_excess:
            unlike[day - 1] = True
            yield day, {"factor": round(factor, 3), "neighbours": len(factors), "passages": round(passages, 1)}


def _far(factor: float, limit: float) -> bool:
    return factor > limit or factor < 1 / limit


def _daily(member: Member, other: Member) -> tuple[Numbers, Numbers]:
    """Return the sums of each local day of two series, over the hours that both measured."""
    both = np.isfinite(member.hourly.rates) & np.isfinite(other.hourly.rates)
    own, theirs = (np.where(both, one.hourly.sums, 0.0).reshape(-1, 24).sum(axis=1) for one in (member, other))
    return own, theirs


def _factors(week: Numbers, past: Numbers, limits: Thresholds) -> Numbers:
    """Return how the ratio of this week relates to the one of the past, for each pair that counted enough.

    Both are sums of the own series and the neighbour's, a row for each pair.
    """
    enough = (past >= limits.unlike_excess).all(axis=1)
    expected = week[enough, 1] * past[enough, 0] / past[enough, 1]
    telling = expected >= limits.unlike_excess
    return np.asarray(np.maximum(week[enough, 0][telling], 1.0) / expected[telling])


def _air(member: Member, setting: SeriesSetting) -> Iterator[tuple[int, dict[str, object]]]:
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
        factor = max(mine, _LEAST) / max(theirs, _LEAST)
        if abs(mine - theirs) >= limits.unlike_excess and _far(factor, limits.unlike_factor):
            yield day, {"median": round(mine, 2), "median_of_neighbours": round(theirs, 2), "neighbours": len(others)}


def _runs(member: Member, setting: SeriesSetting, weeks: dict[int, dict[str, object]]) -> Iterator[QualityRun]:
    """Return a run for weeks that follow each other, from the beginning of the first to the end of the last."""
    days = len(setting.grid) // 24
    marks = np.array([day in weeks for day in range(days + 1)], np.bool_)
    for first, last in stretches(marks):
        inside = np.flatnonzero((member.at >= (first - _WEEK) * 24) & (member.at < (last - 1) * 24))
        if not len(inside):
            continue
        series = member.series
        ended_at = OPEN if last == days + 1 else instant(series.starts[inside[-1]] + series.seconds)
        yield QualityRun(
            series.datastream, "unlike_neighbours", instant(series.starts[inside[0]]), ended_at, RULE, weeks[last - 1]
        )
