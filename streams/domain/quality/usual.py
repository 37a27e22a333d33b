"""What is usual at an hour of the week: from the weeks before, without holidays and without what was found before."""

from typing import Final, NamedTuple

import numpy as np

from streams.domain.quality.hours import WEEK, LocalHours, on_sunday
from streams.domain.quality.series import Instants, Numbers
from streams.domain.quality.thresholds import Thresholds

_TRIMMED: Final = 4
"""From so many weeks on the least and the largest of each hour are left out."""
_LEAST_HOURS: Final = 48
"""A week tells nothing with less than half of this measured, or of what the best week has (a camera: its daylight)."""


class Profile(NamedTuple):
    """What is usual before an hour of the grid (`at`): passages by hour of the week, counted from that hour on.

    `burstiness` is k of a negative binomial distribution: the days before were as unlike each other as if each had its
    own rate, with a variance of 1/k of its mean squared.
    """

    at: int
    weeks: Numbers
    burstiness: float

    def rates(self, hours: Instants, grid: LocalHours, limits: Thresholds) -> Numbers:
        """Return what is usual in these hours; a holiday is as quiet as a part of a Sunday, closed roads are silent."""
        holiday, school = grid.holidays[hours], grid.school_holidays[hours]
        slots = np.where(holiday, on_sunday(hours, grid), hours) - self.at
        rates = np.asarray(self.weeks[slots % WEEK])
        rates = np.where(holiday, rates * limits.holiday_share, rates)
        rates = np.where(school & ~holiday, rates * limits.school_holiday_share, rates)
        return np.where(grid.works[hours], 0.0, rates)


def ordinary(rates: Numbers, grid: LocalHours) -> Numbers:
    """Return the rates of ordinary days, NaN on holidays and while works went on."""
    return np.where(grid.holidays | grid.works, np.nan, rates)


def most_usual(rates: Numbers, grid: LocalHours) -> Numbers:
    """Return, for every hour of the grid, the most that any week had at that hour, or on a holiday at that of a Sunday.

    No profile of these rates can expect more.
    """
    weeks = np.concatenate([rates, np.full(-len(rates) % WEEK, np.nan)]).reshape(-1, WEEK)
    most = np.where(np.isfinite(weeks), weeks, 0.0).max(axis=0)
    hours = np.arange(len(grid))
    return np.asarray(most[np.where(grid.holidays, on_sunday(hours, grid), hours) % WEEK])


def profile(rates: Numbers, at: int, limits: Thresholds) -> Profile | None:
    """Return what is usual, from the last weeks before hour `at` that were measured; None without any.

    The mean of each hour of the week, without its least and its largest value where there are four or more.
    """
    weeks = _weeks(rates, at, limits.weeks)
    if not len(weeks):
        return None
    usual = _trimmed_mean(weeks)
    return Profile(at, usual, _burstiness(weeks, usual, limits))


def _weeks(rates: Numbers, at: int, wanted: int) -> Numbers:
    """Return the weeks before, the latest first; reading goes on where most of what a week has is missing."""
    before = np.concatenate([np.full(-at % WEEK, np.nan), rates[:at]])
    table = before.reshape(-1, WEEK)[::-1]
    measured = np.isfinite(table).sum(axis=1)
    enough = measured * 2 >= measured.max(initial=_LEAST_HOURS)
    return table[np.flatnonzero(enough)[:wanted]]


def _trimmed_mean(weeks: Numbers) -> Numbers:
    """Return the mean of each hour of the week, 0 where no week has it."""
    there = np.isfinite(weeks)
    number = there.sum(axis=0)
    total = np.where(there, weeks, 0.0).sum(axis=0)
    trim = number >= _TRIMMED
    least = np.where(there, weeks, np.inf).min(axis=0)
    most = np.where(there, weeks, -np.inf).max(axis=0)
    total = np.where(trim, total - np.where(trim, least, 0.0) - np.where(trim, most, 0.0), total)
    return np.asarray(total / np.maximum(np.where(trim, number - 2, number), 1))


def _burstiness(weeks: Numbers, usual: Numbers, limits: Thresholds) -> float:
    """Return k from the days before: the variance of counted over usual is 1/usual + 1/k.

    A single week cannot tell how unlike days are.
    """
    if len(weeks) < limits.least_weeks:
        return limits.burstiest
    there = np.isfinite(weeks)
    counted = np.where(there, weeks, 0.0).reshape(-1, 24).sum(axis=1)
    expected = np.where(there, usual, 0.0).reshape(-1, 24).sum(axis=1)
    days = expected > 0
    if days.sum() < 7:  # noqa: PLR2004 - a week of days
        return limits.burstiest
    spread = float(np.mean((counted[days] / expected[days] - 1.0) ** 2) - np.mean(1.0 / expected[days]))
    return float(np.clip(1.0 / max(spread, 1e-6), limits.burstiest, limits.steadiest))
