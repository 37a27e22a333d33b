"""The kind of use of a path from the times of use: weekends over weekdays, mornings over middays."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from math import fsum
from statistics import fmean
from typing import Final, Literal, NamedTuple, TypeAlias

from schemas.reasons import reason
from streams.domain.statistics.statistic import (
    NO_DAY,
    NONE_COUNTED,
    DayCount,
    Statistic,
    available,
    valid_totals,
    withheld,
)

Use: TypeAlias = Literal["utilitarian", "mixed_utilitarian", "mixed_recreational", "recreational"]

LEAST_WEEKS: Final = 4
_SATURDAY: Final = 6
_WEEK: Final = range(1, 8)
_WORKING_WEEK: Final = range(1, _SATURDAY)


class Classes(NamedTuple):
    """The cut-offs between the four classes; no published ones are confirmed, so an owner may set its own.

    Utilitarian: WWI below `utilitarian_wwi` and AMI above `utilitarian_ami`. Recreational: WWI above `recreational_wwi`
    and AMI at most `recreational_ami`. The others are mixed, on either side of a WWI of `middle_wwi`.
    """

    utilitarian_wwi: float = 1.0
    utilitarian_ami: float = 1.0
    recreational_wwi: float = 1.0
    recreational_ami: float = 1.0
    middle_wwi: float = 1.0


OURS: Final = Classes()
"""The cut-offs where an owner sets none (domain handbook, section 4)."""


class RushDay(NamedTuple):
    """Passages between 07 and 09 h and between 11 and 13 h local time; None where those hours were not whole."""

    day: date
    morning: float | None
    midday: float | None
    valid: bool = True


def wwi(days: Iterable[DayCount], holidays: Collection[date] = (), *, least_weeks: int = LEAST_WEEKS) -> Statistic:
    """Compare weekend days with weekdays: mean volume of the one over that of the other; no unit.

    Miranda-Moreno et al. 2013 (Transportation Research Record). Public and school holidays are left out; under
    `least_weeks` weeks of which all seven days are valid it is withheld.
    """
    valid = {day: count for day, count in valid_totals(days).items() if day not in holidays}
    weeks = complete_weeks(valid, _WEEK)
    if weeks < least_weeks:
        return withheld(reason("weeks_below", needed=least_weeks), days=len(valid), weeks=weeks)
    weekend = [count for day, count in valid.items() if day.isoweekday() >= _SATURDAY]
    working = [count for day, count in valid.items() if day.isoweekday() < _SATURDAY]
    return _compared(_mean(weekend), _mean(working), days=len(valid), weeks=weeks)


def ami(days: Iterable[RushDay], holidays: Collection[date] = (), *, least_weeks: int = LEAST_WEEKS) -> Statistic:
    """Compare mornings with middays on weekdays: mean of 07-09 h over mean of 11-13 h, local time; no unit.

    Miranda-Moreno et al. 2013. Holidays are left out; under `least_weeks` weeks of five valid weekdays it is withheld.
    """
    valid = {day.day: pair for day in days if (pair := _rush(day)) and day.day not in holidays}
    weeks = complete_weeks(valid, _WORKING_WEEK)
    if weeks < least_weeks:
        return withheld(reason("weeks_below", needed=least_weeks), days=len(valid), weeks=weeks)
    morning = fsum(pair[0] for pair in valid.values())
    midday = fsum(pair[1] for pair in valid.values())
    return _compared(morning, midday, days=len(valid), weeks=weeks)


def use(weekend: float | None, morning: float | None, classes: Classes = OURS) -> Use | None:
    """Return the class of a WWI and an AMI (our rule, domain handbook, section 4); None where one is withheld."""
    if weekend is None or morning is None:
        return None
    if weekend < classes.utilitarian_wwi and morning > classes.utilitarian_ami:
        return "utilitarian"
    if weekend > classes.recreational_wwi and morning <= classes.recreational_ami:
        return "recreational"
    return "mixed_utilitarian" if weekend < classes.middle_wwi else "mixed_recreational"


def complete_weeks(days: Iterable[date], needed: Collection[int]) -> int:
    """Return the number of ISO weeks of which all the needed weekdays are there."""
    weeks = Counter(day.isocalendar()[:2] for day in set(days) if day.isoweekday() in needed)
    return sum(1 for present in weeks.values() if present == len(needed))


def _rush(day: RushDay) -> tuple[float, float] | None:
    if not day.valid or day.day.isoweekday() >= _SATURDAY or day.morning is None or day.midday is None:
        return None
    return day.morning, day.midday


def _mean(counts: Collection[float]) -> float | None:
    return fmean(counts) if counts else None


def _compared(one: float | None, other: float | None, **basis: object) -> Statistic:
    if one is None or other is None:
        return withheld(NO_DAY, **basis)
    return available(one / other, **basis) if other else withheld(NONE_COUNTED, **basis)
