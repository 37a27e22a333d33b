"""Days that were not counted, estimated by two rules: a layer of its own that never touches what was counted."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from math import fsum, sqrt
from statistics import fmean
from typing import Final, NamedTuple

from schemas.reasons import Reason, reason
from streams.domain.statistics.statistic import DayCount, Statistic, by_place, valid_totals, withheld

NEIGHBOUR_DAY: Final = "neighbour_day"
OWN_WEEKDAY: Final = "own_weekday"
VERSION: Final = "2"
LEAST_DAYS: Final = 28
"""The least number of valid days that a neighbour must share with the place: four weeks, to have all weekdays."""
AROUND: Final = timedelta(weeks=4)
"""How far from a missing day a day of its own may lie to tell of it."""
LEAST_ALIKE: Final = 2
"""The least number of days of its own that tell of a missing one."""


class Estimate(NamedTuple):
    """The estimate of a day at a place, in passages, its neighbours and its rule; None with the reason."""

    day: date
    value: float | None
    neighbours: tuple[str, ...]
    withheld: Reason | None
    rule: str = NEIGHBOUR_DAY


class _Neighbour(NamedTuple):
    """A neighbour with what place and neighbour counted on the days that both counted: sums and their number."""

    name: str
    counts: Mapping[date, float]
    own: float
    there: float
    days: int

    def value(self, day: date) -> float:
        """Return the estimate of a day: the own level, times the day at the neighbour by the level of that."""
        return self.own / self.days * self.counts[day] / (self.there / self.days)

    def without(self, day: date, own: float) -> "_Neighbour":
        """Return the neighbour as if the place had not counted a day, on which it counted so many."""
        if day not in self.counts:
            return self
        return self._replace(own=self.own - own, there=self.there - self.counts[day], days=self.days - 1)


class _Rules(NamedTuple):
    """What both rules know: the valid days of the place, its neighbours, and its holidays."""

    valid: Mapping[date, float]
    neighbours: list[_Neighbour]
    holidays: Collection[date]

    def estimate(self, day: date) -> Estimate:
        """Estimate a day by its neighbours, else by the own weekdays around it."""
        by_neighbours = _by_neighbours(day, self.neighbours)
        return by_neighbours if by_neighbours.value is not None else _by_own_weekday(day, self.valid, self.holidays)

    def hidden(self, rule: str, least_days: int) -> Callable[[date], float | None]:
        """Return how a rule estimates a day that was counted, as if it had not been."""

        def by_neighbours(day: date) -> float | None:
            others = [one.without(day, self.valid[day]) for one in self.neighbours]
            return _by_neighbours(day, [one for one in others if one.days >= least_days and one.there]).value

        def by_weekday(day: date) -> float | None:
            return _by_own_weekday(day, self.valid, self.holidays).value  # a day never tells of itself

        return by_neighbours if rule == NEIGHBOUR_DAY else by_weekday


def estimates(
    place: Iterable[DayCount],
    neighbours: Mapping[str, Iterable[DayCount]],
    missing: Iterable[date],
    *,
    least_days: int = LEAST_DAYS,
) -> list[Estimate]:
    """Estimate the missing days by the day-of-year factors of neighbours (doi:10.1177/03611981211027161).

    The mean over the neighbours valid that day of `own level · neighbour's day / neighbour's level`. Both levels are
    means over the days on which both are valid, so that a neighbour with other gaps does not distort it.
    """
    known = list(_levels(valid_totals(place), by_place(neighbours), least_days))
    return [_by_neighbours(day, known) for day in missing]


def weekday_estimates(
    place: Iterable[DayCount], missing: Iterable[date], *, holidays: Collection[date] = ()
) -> list[Estimate]:
    """Estimate the missing days by the place's own days of the same weekday, up to four weeks before and after.

    The mean of at least two of them, as in the cells of weekday and month of the AASHTO method of averages (FHWA
    Traffic Monitoring Guide 2022), of which the surrounding weeks take the place of the month (our own choice: a gap
    at the end of a month lies in the middle of its cell). Holidays tell of holidays only; where there are not two of
    the same weekday, all holidays around the day do.
    """
    valid = valid_totals(place)
    return [_by_own_weekday(day, valid, holidays) for day in missing]


def total_with_estimates(
    place: Iterable[DayCount],
    neighbours: Mapping[str, Iterable[DayCount]],
    days: Iterable[date],
    *,
    least_days: int = LEAST_DAYS,
    before: Iterable[DayCount] = (),
    holidays: Collection[date] = (),
) -> Statistic:
    """Add up a period as if every day had been counted, in passages: counted days as they are, the others estimated.

    By the neighbours, and where none of them counted a day by the own weekdays around it, among them days `before` the
    period. Withheld where any day is left without an estimate. The estimates never count as coverage. The error of
    each rule that was used is that which it makes on the days that were counted, hidden one by one: the root of the
    mean square by the mean day. `low` and `high` are as if all errors of the estimated days went the same way.
    """
    period = sorted(set(days))
    known = list(place)
    counted = valid_totals(known)
    levels = list(_levels(counted, by_place(neighbours), least_days))
    rules = _Rules({**valid_totals(before), **counted}, levels, holidays)
    guessed = [rules.estimate(day) for day in period if day not in counted]
    found = {one.day: one.value for one in guessed if one.value is not None}
    basis = _basis(len(period) - len(guessed), [one for one in guessed if one.value is not None])
    if len(found) < len(guessed):
        return withheld(reason("neighbours_silent", days=len(guessed) - len(found)), **basis)
    total = fsum([*(counted[day] for day in period if day in counted), *found.values()])
    errors = {one.rule: _error(counted, rules.hidden(one.rule, least_days)) for one in guessed}
    for rule, error in errors.items():
        basis |= {f"rms_error_{rule}": error}
    statistic = Statistic(total, None, {**basis, "estimated": fsum(found.values())})
    return _between(statistic, counted, guessed, errors)


def _levels(
    own: Mapping[date, float], neighbours: Mapping[str, Mapping[date, float]], least_days: int
) -> Iterable[_Neighbour]:
    for name, counts in neighbours.items():
        both = own.keys() & counts.keys()
        if len(both) >= max(1, least_days) and any(counts[day] for day in both):
            here, there = (fsum(one[day] for day in both) for one in (own, counts))
            yield _Neighbour(name, counts, here, there, len(both))


def _by_neighbours(day: date, neighbours: Iterable[_Neighbour]) -> Estimate:
    there = [one for one in neighbours if day in one.counts]
    if not there:
        return Estimate(day, None, (), reason("neighbour_silent"))
    value = fmean(one.value(day) for one in there)
    return Estimate(day, value, tuple(sorted(one.name for one in there)), None)


def _by_own_weekday(day: date, valid: Mapping[date, float], holidays: Collection[date]) -> Estimate:
    alike = _alike(day, valid, holidays)
    if len(alike) < LEAST_ALIKE:
        return Estimate(day, None, (), reason("weekdays_silent"), OWN_WEEKDAY)
    return Estimate(day, fmean(valid[one] for one in alike), (), None, OWN_WEEKDAY)


def _alike(day: date, valid: Mapping[date, float], holidays: Collection[date]) -> list[date]:
    """Return the valid days around a day that are as it is."""
    holiday = day in holidays
    near = [one for one in valid if timedelta() < abs(one - day) <= AROUND and (one in holidays) == holiday]
    same = [one for one in near if one.weekday() == day.weekday()]
    return near if holiday and len(same) < LEAST_ALIKE else same


def _basis(counted: int, estimated: Iterable[Estimate]) -> dict[str, object]:
    by = [one.rule for one in estimated]
    days = {f"days_{rule}": by.count(rule) for rule in (NEIGHBOUR_DAY, OWN_WEEKDAY) if rule in by}
    method = ", ".join(rule for rule in (NEIGHBOUR_DAY, OWN_WEEKDAY) if rule in by) or NEIGHBOUR_DAY
    return {"method": method, "version": VERSION, "days": counted, "estimated_days": len(by), **days}


def _error(counted: Mapping[date, float], hidden: Callable[[date], float | None]) -> float | None:
    """Return the error of a rule by the mean day; None where it can estimate no day that was counted."""
    pairs = [(value, there) for day, there in counted.items() if (value := hidden(day)) is not None]
    mean = fmean(there for _, there in pairs) if pairs else 0.0
    return sqrt(fmean((value - there) ** 2 for value, there in pairs)) / mean if mean else None


def _between(
    statistic: Statistic,
    counted: Mapping[date, float],
    guessed: Iterable[Estimate],
    errors: Mapping[str, float | None],
) -> Statistic:
    each = [errors[one.rule] for one in guessed]
    known = [error for error in each if error is not None]
    if statistic.value is None or not known or len(known) < len(each):
        return statistic
    slack = fsum(known) * fmean(counted.values())
    return statistic._replace(low=max(fsum(counted.values()), statistic.value - slack), high=statistic.value + slack)
