"""Adding up local days: into weeks, months and years, with how much of them was measured."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import fsum
from typing import Literal, NamedTuple, TypeAlias

from opendata.read.explored import ExploredDay

Fold: TypeAlias = Literal["sum", "share", "mean"]
"""How days make a longer time: counts are added, shares are added and then divided, means are averaged."""
DayInterval: TypeAlias = Literal["day", "week", "month", "year"]


class DaySum(NamedTuple):
    """What some days hold together: the sum of their values and of their bases, in `valid` of `expected` intervals.

    `days` have a number, of all the days that there are; `whole` of them were measured whole.
    """

    value: float | None
    base: float | None
    valid: int
    expected: int
    days: int
    whole: int
    quality_flags: int = 0

    @property
    def coverage(self) -> float | None:
        """Which part of what was expected was measured, from 0 to 1; None where nothing was expected."""
        return min(1.0, self.valid / self.expected) if self.expected else None

    @property
    def mean(self) -> float | None:
        """Give the mean of the days that have a number."""
        return None if self.value is None or not self.days else self.value / self.days


class DayBucket(NamedTuple):
    """Some local days that are drawn as one, from the first until before `ended_at`, in UTC."""

    first: date
    last: date
    started_at: datetime
    ended_at: datetime
    total: DaySum


def is_whole(day: ExploredDay) -> bool:
    """Tell whether all of a day was measured that was expected, and something was."""
    return day.value is not None and 0 < day.expected <= day.valid


def added(days: Iterable[ExploredDay]) -> DaySum:
    """Add up days; a day without a number adds what was expected of it, and nothing else."""
    found = list(days)
    known = [day for day in found if day.value is not None]
    flags = 0
    for day in found:
        flags |= day.quality_flags
    return DaySum(
        fsum(day.value or 0 for day in known) if known else None,
        fsum(day.base or 0 for day in known) if known and known[0].base is not None else None,
        sum(day.valid for day in found),
        sum(day.expected for day in found),
        len(known),
        sum(is_whole(day) for day in known),
        flags,
    )


def begin(day: date, interval: DayInterval) -> date:
    """Give the first day of the interval in which a day lies; weeks begin on Monday."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    if interval == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if interval == "year" else day


def buckets(days: Sequence[ExploredDay], interval: DayInterval) -> list[DayBucket]:
    """Add up days by interval, in the order of time; a bucket reaches from its first to its last day that is there."""
    found: dict[date, list[ExploredDay]] = {}
    for day in sorted(days, key=lambda one: (one.day, one.place)):
        found.setdefault(begin(day.day, interval), []).append(day)
    return [
        DayBucket(some[0].day, some[-1].day, some[0].started_at, max(one.ended_at for one in some), added(some))
        for some in found.values()
    ]
