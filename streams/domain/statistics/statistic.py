"""The input and output of statistics: days with counts, and a value or the reason why it is withheld."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias

from schemas.reasons import Reason, reason

NONE_COUNTED: Final = reason("nobody_counted")
NO_DAY: Final = reason("no_valid_day")


Channels: TypeAlias = tuple[str, ...] | None
"""The channels that were expected all day; None where they changed in the day, which is then comparable to none."""


class DayCount(NamedTuple):
    """Passages at one place on one local day.

    `valid` where enough of the day was counted and nothing excludes it; a valid zero is a zero, None is never valid.
    Days of one place are compared where the same `channels` counted.
    """

    day: date
    total: float | None
    valid: bool = True
    channels: Channels = ()


class Statistic(NamedTuple):
    """A value, or None with the reason in `withheld`; `basis` is what it rests on, `low` to `high` its uncertainty."""

    value: float | None
    withheld: Reason | None
    basis: dict[str, Any]
    low: float | None = None
    high: float | None = None


def available(value: float, **basis: object) -> Statistic:
    """Make a statistic with a value and its basis."""
    return Statistic(value, None, basis)


def withheld(why: Reason, **basis: object) -> Statistic:
    """Make a statistic without a value, for a reason."""
    return Statistic(None, why, basis)


def divided(part: Statistic, whole: Statistic, **basis: object) -> Statistic:
    """Divide one statistic by another; withheld where either is, or where the divisor is 0."""
    if part.value is None or whole.value is None:
        return withheld(part.withheld or whole.withheld or NO_DAY, **basis)
    return available(part.value / whole.value, **basis) if whole.value else withheld(NONE_COUNTED, **basis)


def valid_totals(days: Iterable[DayCount]) -> dict[date, float]:
    """Return the counts of the valid days, by day."""
    return {day.day: day.total for day in days if day.valid and day.total is not None}


def by_place(places: Mapping[str, Iterable[DayCount]]) -> dict[str, dict[date, float]]:
    """Return the counts of the valid days of several places."""
    return {place: valid_totals(days) for place, days in places.items()}
