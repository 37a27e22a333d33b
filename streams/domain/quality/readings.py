"""The readings of a series that count, each with what is usual at its time."""

from typing import NamedTuple

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.hours import WEEK, on_sunday
from streams.domain.quality.series import HOUR, Instants, Marks, Numbers
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.usual import ordinary


class Readings(NamedTuple):
    """Readings in order: starts, values, and what is usual, NaN where nothing is known; and whether events are due."""

    starts: Instants
    values: Numbers
    usual: Numbers
    event_days: Marks

    def near(self, seconds: int) -> Marks:
        """Return which readings have one shortly before and one shortly after: at most two are missing between."""
        short = np.diff(self.starts) <= 3 * seconds
        return np.asarray(np.concatenate([[False], short]) & np.concatenate([short, [False]]))


def readings(member: Member, setting: SeriesSetting) -> Readings:
    """Return the readings of a series with what was usual in the weeks before each, by interval.

    On a holiday the larger of what is usual on that weekday and on a Sunday.
    """
    indices = np.flatnonzero(member.counts)
    starts = member.series.starts[indices]
    at = member.at[indices]
    hours = _usual(member, setting)
    usual = np.interp(at + (starts % HOUR + member.series.seconds / 2) / HOUR, np.arange(len(hours)) + 0.5, hours)
    if QUANTITIES[member.series.quantity].counted:
        usual = usual * (member.series.seconds / HOUR)
    return Readings(starts, member.series.values[indices], usual, setting.grid.events[at])


def _usual(member: Member, setting: SeriesSetting) -> Numbers:
    """Return the mean of the same hour of the weeks before, for every hour of the grid; NaN with too few."""
    grid, limits = setting.grid, member.limits
    rates = ordinary(member.hourly.rates, grid)
    hours = np.arange(len(grid))
    usual = _mean_before(rates, hours, limits.weeks, limits.least_weeks)
    sundays = _mean_before(rates, on_sunday(hours, grid), limits.weeks, limits.least_weeks)
    return np.where(grid.holidays, np.fmax(usual, sundays), usual)


def _mean_before(rates: Numbers, hours: Instants, weeks: int, least: int) -> Numbers:
    total, number = np.zeros(len(hours)), np.zeros(len(hours))
    for back in range(1, weeks + 1):
        source = hours - back * WEEK
        value = np.where(source >= 0, rates[np.clip(source, 0, len(rates) - 1)], np.nan)
        total += np.nan_to_num(value)
        number += np.isfinite(value)
    return np.where(number >= least, total / np.maximum(number, 1), np.nan)
