"""Clocks that are not right: readings that come too early or late by their own stamps, and days that are shifted."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import DAY, HOUR, OPEN, Instants, Numbers, QualityRun, instant, stretches, text
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.usual import ordinary

RULE: Final = "clock-1"
_MINUTE: Final = 60
_STEADY: Final = 30 * _MINUTE
_NEAR: Final = 10 * _MINUTE
_PAST: Final = 14
_LEAST_PAST: Final = 3
_WORKDAYS: Final = 5
_PAST_WORKDAYS: Final = 20
_LATER: Final = (np.arange(24) - np.arange(24)[:, None]) % 24
"""Row n has, for each hour, the one n hours before it."""


def clock_skew(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    """Find days on which a clock was not right, by when its readings were received or by the course of the day."""
    yield from _by_reception(member)
    yield from _by_course(member, setting)


class _Day(NamedTuple):
    """The readings of a day of UTC: the indices, the median of the delay in seconds, and its interquartile range."""

    first: int
    last: int
    median: float
    spread: float


def _by_reception(member: Member) -> Iterator[QualityRun]:
    """Judge the median delay of each day: before the end of the interval, steadily too late, or by whole hours.

    Readings that come in batches or from an archive have no steady delay, which says nothing of a clock.
    """
    days = list(_days(member))
    reasons: list[dict[str, object] | None] = []
    past: list[float] = []
    for day in days:
        reason = _wrong(day, past[-_PAST:], member)
        reasons.append(reason)
        if reason is None:
            past.append(day.median)
    for first, last in stretches(np.array([reason is not None for reason in reasons], np.bool_)):
        yield _run(member, days[first].first, days[last - 1].last, last == len(days), reasons[last - 1] or {})


def _days(member: Member) -> Iterator[_Day]:
    series = member.series
    if series.delay is None or not len(series.starts):
        return
    day = series.starts // DAY
    edges = [*np.flatnonzero(np.diff(day, prepend=day[0] - 1)), len(day)]
    for first, last in pairwise(edges):
        delay = series.delay[first:last]
        delay = delay[np.isfinite(delay)]
        if len(delay) >= min(member.limits.clock_readings, DAY // series.seconds):
            low, median, high = np.percentile(delay, [25, 50, 75])
            yield _Day(int(first), int(last), float(median), float(high - low))


def _wrong(day: _Day, past: list[float], member: Member) -> dict[str, object] | None:
    """Return what is wrong with the delays of a day; None where nothing is."""
    also: dict[str, object] = {"delay": round(day.median), "spread": round(day.spread)}
    if day.median < member.limits.earliest:
        return also | {"earliest": member.limits.earliest}
    if day.spread > _STEADY:
        return None
    if day.median > member.limits.latest:
        return also | {"latest": member.limits.latest}
    if len(past) >= _LEAST_PAST:
        usual = float(np.median(past))
        shift = round((day.median - usual) / HOUR)
        if shift and abs(day.median - usual - shift * HOUR) <= _NEAR:
            return also | {"usual_delay": round(usual), "shifted_hours": shift}
    return None


def _by_course(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    """Compare the course of five working days with that of the weeks before, shifted by every number of hours."""
    if not QUANTITIES[member.series.quantity].counted:
        return
    table, days = _workdays(member, setting)
    shifts = np.zeros(len(days), np.int64)
    evidence: dict[int, dict[str, object]] = {}
    for at in range(_PAST_WORKDAYS + _WORKDAYS, len(days) + 1):
        new = np.arange(at - _WORKDAYS, at)
        old = np.flatnonzero(shifts[: at - _WORKDAYS] == 0)[-_PAST_WORKDAYS:]
        found = _shifted(table[new].mean(axis=0), table[old].mean(axis=0), member)
        if found is not None:
            usual = table[old].mean(axis=0)
            moved = new[[bool(np.diff(_likeness(table[day], usual)[[0, found[0]]]) > 0) for day in new]]
            shifts[moved] = found[0]
            evidence |= dict.fromkeys(map(int, moved), found[1])
    for first, last in stretches(shifts != 0):
        begin, end = (int(np.searchsorted(member.at, days[day])) for day in (first, last - 1))
        end = int(np.searchsorted(member.at, days[last - 1] + 24))
        yield _run(member, begin, end, last == len(days), evidence[last - 1])


def _workdays(member: Member, setting: SeriesSetting) -> tuple[Numbers, Instants]:
    """Return the passages of each hour of the ordinary working days that were measured whole, and their first hours."""
    grid = setting.grid
    rates = ordinary(member.hourly.rates, grid)
    table = rates[: len(rates) // 24 * 24].reshape(-1, 24)
    weekday = grid.weekdays[::24] < _WORKDAYS
    whole = np.isfinite(table).sum(axis=1) >= 23  # noqa: PLR2004 - the day on which the clocks go forward has 23
    busy = weekday & whole & ~grid.school_holidays[::24] & (np.nansum(table, axis=1) > 0)
    return np.nan_to_num(table[busy]), np.flatnonzero(busy) * 24


def _shifted(new: Numbers, old: Numbers, member: Member) -> tuple[int, dict[str, object]] | None:
    """Return by how many hours the new course lies behind the old one, with evidence; None where it does not."""
    limits = member.limits
    if min(new.sum(), old.sum()) < limits.clock_passages:
        return None
    likeness = _likeness(new, old)
    best = int(np.argmax(likeness))
    shift = best if best <= 12 else best - 24  # noqa: PLR2004 - half a day
    if likeness[best] < limits.clock_likeness or likeness[best] - likeness[0] < limits.clock_margin:
        return None
    return shift, {
        "shifted_hours": shift,
        "likeness": round(float(likeness[best]), 3),
        "likeness_unshifted": round(float(likeness[0]), 3),
    }


def _likeness(new: Numbers, old: Numbers) -> Numbers:
    """Return the correlation of a course with another one that is 0 to 23 hours later; 0 where one of them is flat."""
    one, other = new - new.mean(), old - old.mean()
    spread = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return np.asarray(other[_LATER] @ one / spread) if spread else np.zeros(24)


def _run(member: Member, first: int, last: int, goes_on: bool, evidence: dict[str, object]) -> QualityRun:  # noqa: FBT001
    series = member.series
    ended_at = OPEN if goes_on else instant(series.starts[last - 1] + series.seconds)
    also = evidence | {"since": text(series.starts[first])}
    return QualityRun(series.datastream, "clock_skew", instant(series.starts[first]), ended_at, RULE, also)
