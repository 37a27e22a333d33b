"""Expansion of a short count to a year, with reference places that have counted a whole one."""

from collections.abc import Iterable, Mapping
from datetime import date
from math import fsum, prod, sqrt
from statistics import fmean
from typing import Final, NamedTuple

from schemas.reasons import reason
from streams.domain.statistics.averages import MONTHS, WEEKDAYS, aadb, madb, weekday_index
from streams.domain.statistics.statistic import NO_DAY, DayCount, Statistic, valid_totals, withheld

LEAST_REFERENCES: Final = 2
_BEST_MONTHS: Final = range(5, 11)


class ReferenceYear(NamedTuple):
    """A complete year of a reference place: its average day, its index by ISO weekday and by month, its valid days."""

    aadb: float
    weekday: Mapping[int, float]
    month: Mapping[int, float]
    counts: Mapping[date, float]


def expansion(count: float, *indices: float) -> float:
    """Expand a count to an average day: `AADB ≈ C · F_tod · F_dow · F_month`, a factor being 1 / index (section 4)."""
    return count / prod(indices)


def expanded(days: Iterable[DayCount], references: Mapping[str, Iterable[DayCount]]) -> Statistic:
    """Estimate the average day of a year, in passages, from some days of it: `Σ C / Σ (weekday index · month index)`.

    The indices are means over the reference places with a complete year, of which there must be two. `low` and `high`
    are the value less and more the root mean square of the relative errors that the same days make at each reference,
    expanded by the others; they do not cover a place that is used unlike all of them. Best is a whole week, May to
    October (section 4).
    """
    valid = valid_totals(days)
    years = {place: year for place, counts in references.items() if (year := complete_year(counts)) is not None}
    basis = {**_circumstances(valid), "references": sorted(years)}
    if not valid:
        return withheld(NO_DAY, **basis)
    if len(years) < LEAST_REFERENCES:
        return withheld(reason("references_below_two"), **basis)
    errors = _errors(valid, years)
    if not errors:
        return withheld(reason("references_silent"), **basis)
    rms = sqrt(fmean(error**2 for error in errors))
    value = _estimate(valid, years)
    basis |= {"rms_error": rms, "tested_on": len(errors)}
    return Statistic(value, None, basis, low=max(0.0, value * (1 - rms)), high=value * (1 + rms))


def complete_year(days: Iterable[DayCount]) -> ReferenceYear | None:
    """Return the indices of a place; None where a month lacks a weekday, or a month or weekday has a sum of 0."""
    known = list(days)
    year = aadb(known)
    if not year.value:
        return None
    weekday = {number: index.value or 0.0 for number, index in weekday_index(known).items()}
    month = {number: (madb(_of_month(known, number)).value or 0.0) / year.value for number in MONTHS}
    whole = all(weekday.values()) and all(month.values())
    return ReferenceYear(year.value, weekday, month, valid_totals(known)) if whole else None


def _estimate(valid: Mapping[date, float], years: Mapping[str, ReferenceYear]) -> float:
    weekday = {number: fmean(year.weekday[number] for year in years.values()) for number in WEEKDAYS}
    month = {number: fmean(year.month[number] for year in years.values()) for number in MONTHS}
    return expansion(fsum(valid.values()), fsum(weekday[day.isoweekday()] * month[day.month] for day in valid))


def _errors(valid: Mapping[date, float], years: Mapping[str, ReferenceYear]) -> list[float]:
    found = []
    for place, year in years.items():
        same = {day: year.counts[day] for day in valid if day in year.counts}
        others = {name: other for name, other in years.items() if name != place}
        if same:
            found.append(_estimate(same, others) / year.aadb - 1)
    return found


def _circumstances(valid: Mapping[date, float]) -> dict[str, object]:
    return {
        "days": len(valid),
        "every_weekday": len({day.isoweekday() for day in valid}) == len(WEEKDAYS),
        "may_to_october": all(day.month in _BEST_MONTHS for day in valid),
    }


def _of_month(days: Iterable[DayCount], month: int) -> list[DayCount]:
    return [day for day in days if day.day.month == month]
