"""Indicators of the time of use: peak-hour factor, weekends over weekdays, mornings over middays."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import fmean
from typing import Final

from verify.indicators.averages import enough
from verify.indicators.day_series import DayRange, DaySeries

LEAST_WEEKS: Final = 4
_SATURDAY: Final = 6


def peak_hour_factor(day_series: DaySeries, period: DayRange) -> float | None:
    """Divide the busiest whole hour by four times its busiest quarter, where three quarters of the days are valid."""
    if not enough(day_series, period):
        return None
    hour, quarter = max((day.busiest for day in day_series.valid(period)), default=(0.0, 0.0))
    return hour / (4 * quarter) if quarter else None


def wwi(day_series: DaySeries, period: DayRange) -> float | None:
    """Divide the mean weekend day by the mean weekday, holidays left out; four whole weeks at least."""
    days = {day: count for day, count in day_series.counts(period).items() if day not in day_series.holidays}
    weekend = [count for day, count in days.items() if day.isoweekday() >= _SATURDAY]
    working = [count for day, count in days.items() if day.isoweekday() < _SATURDAY]
    if whole_weeks(days, 7) < LEAST_WEEKS or not any(working):
        return None
    return fmean(weekend) / fmean(working)


def ami(day_series: DaySeries, period: DayRange) -> float | None:
    """Divide the mean of 07-09 h by that of 11-13 h, local time, on weekdays that are no holidays."""
    pairs = {
        day.day: (day.morning, day.midday)
        for day in day_series.valid(period)
        if day.day.isoweekday() < _SATURDAY and day.day not in day_series.holidays
    }
    known = {day: (one, other) for day, (one, other) in pairs.items() if one is not None and other is not None}
    midday = sum(other for _, other in known.values())
    if whole_weeks(known, 5) < LEAST_WEEKS or not midday:
        return None
    return sum(one for one, _ in known.values()) / midday


def whole_weeks(days: Iterable[date], needed: int) -> int:
    """Count the ISO weeks in which so many of the days lie."""
    return sum(found >= needed for found in Counter(day.isocalendar()[:2] for day in days).values())
