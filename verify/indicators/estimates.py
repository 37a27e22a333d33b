"""The total of a year with estimates of the days that were not counted, and how far it may be off.

A missing day is the level of the site times the day at each neighbour by the level of that, averaged over those that
counted it; where none did, the mean of the own days of the same weekday in the four weeks around it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import fsum, sqrt
from statistics import fmean
from typing import Final, NamedTuple, TypeAlias

from verify.indicators.day_series import DayRange

Counts: TypeAlias = Mapping[date, float]
_Rule: TypeAlias = Callable[[date, Counts], float | None]
"""What estimates a day from the counted days of the site."""

NEIGHBOURS: Final = 8
SHARED: Final = 28
"""The least number of days of the year that a neighbour and the site must both have counted."""
AROUND: Final = timedelta(weeks=4)
_ALIKE: Final = 2


class EstimatedTotal(NamedTuple):
    """A total, and between which two it is as far as is known; None where it is withheld or not known."""

    value: float | None
    low: float | None = None
    high: float | None = None


def total(
    own: Counts, neighbours: Sequence[Counts], year: DayRange, *, before: Counts, holidays: Collection[date]
) -> EstimatedTotal:
    """Add up the days of a year; `before` are the days of the four weeks before it.

    Each rule is tried on the counted days, hidden one by one: by that it may be off, and all days the same way.
    """
    rules: Sequence[_Rule] = (
        lambda day, counted: _by_neighbours(day, counted, neighbours),
        lambda day, counted: _by_weekday(day, {**before, **counted}, holidays),
    )
    missing = [day for day in _days(year) if day not in own]
    found = [_first(day, own, rules) for day in missing]
    known = [(value, number) for value, number in found if value is not None]
    if len(known) < len(missing):
        return EstimatedTotal(None)
    value = fsum([*own.values(), *(one for one, _ in known)])
    errors = {number: _error(own, rules[number]) for number in {number for _, number in known}}
    each = [errors[number] for _, number in known]
    off = [error for error in each if error is not None]
    if not off or len(off) < len(each):
        return EstimatedTotal(value)
    slack = fsum(off) * fmean(own.values())
    return EstimatedTotal(value, max(fsum(own.values()), value - slack), value + slack)


def _first(day: date, own: Counts, rules: Sequence[_Rule]) -> tuple[float | None, int]:
    """Estimate a day by the first rule that can, and say which."""
    for number, rule in enumerate(rules):
        if (value := rule(day, own)) is not None:
            return value, number
    return None, len(rules)


def _by_neighbours(day: date, own: Counts, neighbours: Sequence[Counts]) -> float | None:
    values = []
    for there in neighbours:
        shared = [one for one in own if one in there]
        level = fsum(there[one] for one in shared)
        if day in there and len(shared) >= SHARED and level:
            values.append(fsum(own[one] for one in shared) * there[day] / level)
    return fmean(values) if values else None


def _by_weekday(day: date, own: Counts, holidays: Collection[date]) -> float | None:
    """Average the days around a day that are as it is: holidays tell of holidays only, if need be of any weekday."""
    kind = day in holidays
    near = [one for one in _around(day) if one in own and (one in holidays) is kind]
    same = [one for one in near if one.weekday() == day.weekday()]
    alike = near if kind and len(same) < _ALIKE else same
    return fmean(own[one] for one in alike) if len(alike) >= _ALIKE else None


def _error(own: Counts, rule: _Rule) -> float | None:
    """Return the root of the mean square by which a rule misses counted days, by the mean of these."""
    tried = [(rule(day, {one: count for one, count in own.items() if one != day}), own[day]) for day in own]
    pairs = [(value, count) for value, count in tried if value is not None]
    mean = fmean(count for _, count in pairs) if pairs else 0.0
    return sqrt(fmean((value - count) ** 2 for value, count in pairs)) / mean if mean else None


def _around(day: date) -> Iterator[date]:
    for number in range(-AROUND.days, AROUND.days + 1):
        if number:
            yield day + timedelta(days=number)


def _days(year: DayRange) -> Iterator[date]:
    day = year.first
    while day <= year.last:
        yield day
        day += timedelta(days=1)
