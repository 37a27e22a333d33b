"""Days that were not counted, estimated from neighbours: a layer of its own that never touches what was counted."""

from collections.abc import Iterable, Mapping
from datetime import date
from math import fsum
from statistics import fmean
from typing import Final, NamedTuple

from schemas.reasons import Reason, reason
from streams.domain.statistics.statistic import DayCount, Statistic, available, by_place, valid_totals, withheld

METHOD: Final = "neighbour_day"
VERSION: Final = "1"
LEAST_DAYS: Final = 28
"""The least number of valid days that a neighbour must share with the place: four weeks, to have all weekdays."""


class Estimate(NamedTuple):
    """The estimate of a day at a place, in passages, and the neighbours that it is from; None where none was valid."""

    day: date
    value: float | None
    neighbours: tuple[str, ...]
    withheld: Reason | None


class _Neighbour(NamedTuple):
    """A neighbour with both levels: the means of place and neighbour over the days that both counted."""

    name: str
    counts: Mapping[date, float]
    own: float
    level: float


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
    return [_estimate(day, known) for day in missing]


def total_with_estimates(
    place: Iterable[DayCount],
    neighbours: Mapping[str, Iterable[DayCount]],
    days: Iterable[date],
    *,
    least_days: int = LEAST_DAYS,
) -> Statistic:
    """Add up a period as if every day had been counted, in passages: counted days as they are, the others estimated.

    Withheld where any day is left without an estimate. The estimates never count as coverage.
    """
    period = sorted(set(days))
    known = list(place)
    valid = valid_totals(known)
    guessed = estimates(known, neighbours, [day for day in period if day not in valid], least_days=least_days)
    values = [guess.value for guess in guessed if guess.value is not None]
    basis = {"method": METHOD, "version": VERSION, "days": len(period) - len(guessed), "estimated_days": len(values)}
    if len(values) < len(guessed):
        return withheld(reason("neighbours_silent", days=len(guessed) - len(values)), **basis)
    return available(fsum([*(valid[day] for day in period if day in valid), *values]), **basis, estimated=fsum(values))


def _levels(
    own: Mapping[date, float], neighbours: Mapping[str, Mapping[date, float]], least_days: int
) -> Iterable[_Neighbour]:
    for name, counts in neighbours.items():
        both = own.keys() & counts.keys()
        if len(both) >= max(1, least_days) and any(counts[day] for day in both):
            yield _Neighbour(name, counts, fmean(own[day] for day in both), fmean(counts[day] for day in both))


def _estimate(day: date, neighbours: Iterable[_Neighbour]) -> Estimate:
    there = [one for one in neighbours if day in one.counts]
    if not there:
        return Estimate(day, None, (), reason("neighbour_silent"))
    value = fmean(one.own * one.counts[day] / one.level for one in there)
    return Estimate(day, value, tuple(sorted(one.name for one in there)), None)
