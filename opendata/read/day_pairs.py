"""Comparing like for like: which days count on both sides, and why the others do not."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from opendata.read.day_sums import is_whole
from opendata.read.explored import ExploredDay

Unpaired: TypeAlias = Literal["excluded", "no_day", "waiting", "incomplete", "incomplete_before", "other_channels"]
"""Why a day does not count: the calendar leaves it or its partner out, there is no partner, one of them is not
processed yet or was not measured whole, or other channels counted."""

WEEK: Final = 7
YEAR_OF_WEEKS: Final = timedelta(weeks=52)
ENOUGH: Final = 0.75
"""From this part of what is expected on a number stands for its time; what rests on less is incomplete."""
Enough: TypeAlias = Callable[[ExploredDay], bool]
Partner: TypeAlias = Callable[[date], date | None]


class DayPair(NamedTuple):
    """One local day of a place, and the day that it is compared with."""

    now: ExploredDay
    before: ExploredDay


class LeftOutDay(NamedTuple):
    """A day of a place that does not count, the day that it would be compared with, and why."""

    place: str
    day: date
    partner: date | None
    why: Unpaired


class PairedDays(NamedTuple):
    """The pairs that count, and the days that do not."""

    pairs: Sequence[DayPair]
    left_out: Sequence[LeftOutDay]

    @property
    def reasons(self) -> Mapping[Unpaired, int]:
        """Count the days that do not count, by why."""
        return Counter(one.why for one in self.left_out)

    @property
    def now(self) -> list[ExploredDay]:
        """Give the days that count."""
        return [pair.now for pair in self.pairs]

    @property
    def before(self) -> list[ExploredDay]:
        """Give the days that they are compared with."""
        return [pair.before for pair in self.pairs]


class EventWindows(NamedTuple):
    """As many whole weeks before an event as after it: first and last local days, both included."""

    before_first: date
    before_last: date
    after_first: date
    after_last: date

    def partner(self, after: date) -> date:
        """Give the same weekday of the same week before: the first of each is compared with the first."""
        week = (after - self.after_first).days // WEEK
        ahead = (after.weekday() - self.before_first.weekday()) % WEEK
        return self.before_first + timedelta(days=WEEK * week + ahead)


def around(first: date, last: date, weeks: int) -> EventWindows:
    """Give the windows round an event of these local days."""
    length, day = timedelta(weeks=weeks), timedelta(days=1)
    return EventWindows(first - length, first - day, last + day, last + length)


def year_before(day: date) -> date:
    """Give the same weekday 52 weeks before."""
    return day - YEAR_OF_WEEKS


def shifted(first: date, before_first: date) -> timedelta:
    """Give by how much days go back from one begin to another, in the whole weeks nearest to it: weekdays meet."""
    return timedelta(weeks=round((first - before_first).days / WEEK))


def enough(day: ExploredDay) -> bool:
    """Tell whether so much of a day was measured that its share may be said: three quarters."""
    return bool(day.base) and day.expected > 0 and day.valid >= ENOUGH * day.expected


def pair(
    now: Iterable[ExploredDay],
    before: Iterable[ExploredDay],
    partner: Partner,
    *,
    counts: Enough = is_whole,
    waits: Enough = lambda _: False,
    excluded: Container[date] = (),
    same_place: bool = True,
) -> PairedDays:
    """Pair each day with its partner, where both count.

    Both must be measured so that they count, no calendar may leave either out, and at the `same_place` the same
    channels must have counted; another place has others. Days of several places are paired place by place.
    """
    known = {(day.place if same_place else "", day.day): day for day in before}
    pairs: list[DayPair] = []
    left_out: list[LeftOutDay] = []
    for day in now:
        other = partner(day.day)
        found = known.get((day.place if same_place else "", other)) if other is not None else None
        why: Unpaired | None = "no_day"
        if day.day in excluded or other in excluded:
            why = "excluded"
        elif found is not None:
            why = _why(day, found, counts, waits, same_place=same_place)
        if found is not None and why is None:
            pairs.append(DayPair(day, found))
        else:
            left_out.append(LeftOutDay(day.place, day.day, other, why or "no_day"))
    return PairedDays(pairs, left_out)


def _why(day: ExploredDay, found: ExploredDay, counts: Enough, waits: Enough, *, same_place: bool) -> Unpaired | None:
    if not counts(day):
        return "waiting" if waits(day) else "incomplete"
    if not counts(found):
        return "waiting" if waits(found) else "incomplete_before"
    same = day.channels is not None and day.channels == found.channels
    return None if same or not same_place else "other_channels"
