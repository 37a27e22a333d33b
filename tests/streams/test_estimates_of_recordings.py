"""Both rules of estimating days on the recordings of a whole city, of which every month lacks its last day."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from statistics import fmean

import pytest

from schemas import calendar_nl
from streams.domain.statistics.imputation import (
    NEIGHBOUR_DAY,
    OWN_WEEKDAY,
    estimates,
    total_with_estimates,
    weekday_estimates,
)
from streams.domain.statistics.statistic import DayCount

pytestmark = pytest.mark.pure

RECORDINGS = Path(__file__).parents[2] / "deploy" / "owners" / "assen" / "recordings"
COUNTERS = ("100031297", "100034978", "100035541", "100053305")
SEED = 2024
HIDDEN = 0.05
YEAR = [date.fromordinal(number) for number in range(date(2024, 1, 1).toordinal(), date(2025, 1, 1).toordinal())]


def days_of(counter: str) -> list[DayCount]:
    """Add up the quarters of a counter by local day, as its files have them; three quarters of a day are enough."""
    total: Counter[date] = Counter()
    rows: Counter[date] = Counter()
    for file in sorted((RECORDINGS / counter).glob("*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
            for stamp, count, *_ in list(csv.reader(lines))[1:]:
                if count:
                    day = datetime.fromisoformat(stamp).date()
                    total[day] += int(count)
                    rows[day] += 1
    return [DayCount(day, total[day], rows[day] >= 72) for day in sorted(rows)]


@pytest.fixture(scope="module")
def city() -> dict[str, list[DayCount]]:
    """The four counters."""
    return {counter: days_of(counter) for counter in COUNTERS}


def others(city: dict[str, list[DayCount]], counter: str) -> dict[str, list[DayCount]]:
    """The neighbours of a counter."""
    return {name: days for name, days in city.items() if name != counter}


def test_a_city_that_misses_every_last_day_has_its_year_total(city: dict[str, list[DayCount]]) -> None:
    """The days that all miss are estimated by the own weekdays, the others by the neighbours."""
    missed = set(YEAR).intersection(*({*YEAR} - {day.day for day in days if day.valid} for days in city.values()))
    assert len(missed) >= 10
    for counter, days in city.items():
        found = total_with_estimates(days, others(city, counter), YEAR)
        counted = sum(day.total or 0 for day in days if day.valid)
        assert found.value is not None, found.withheld
        assert found.low is not None and found.high is not None  # noqa: PT018 - one goes with the other
        assert counted < found.low <= found.value <= found.high < counted * 366 / 300
        assert found.basis["days_own_weekday"] >= len(missed)
        assert found.basis["days"] + found.basis["estimated_days"] == len(YEAR)


def hidden_errors(
    days: list[DayCount], around: dict[str, list[DayCount]], random: Random
) -> Iterator[tuple[str, float]]:
    """Hide one of twenty counted days, and say how far each rule is off, by the mean day."""
    valid = [day for day in days if day.valid]
    hidden = {day.day: float(day.total or 0) for day in random.sample(valid, int(len(valid) * HIDDEN))}
    left = [day._replace(valid=day.valid and day.day not in hidden) for day in days]
    mean = fmean(float(day.total or 0) for day in valid)
    holidays = {day for _, day in calendar_nl.public_holidays(2024)}
    for found in (*estimates(left, around, hidden), *weekday_estimates(left, hidden, holidays=holidays)):
        if found.value is not None:
            yield found.rule, abs(found.value - hidden[found.day]) / mean


def test_the_mean_error_of_both_rules_on_days_that_were_hidden(city: dict[str, list[DayCount]]) -> None:
    """Neighbours know of the weather, the own weekdays of the place; neither is off by a quarter of the mean day."""
    random = Random(SEED)  # noqa: S311 - a sample of days
    errors = {NEIGHBOUR_DAY: list[float](), OWN_WEEKDAY: list[float]()}
    for counter, days in city.items():
        for rule, error in hidden_errors(days, others(city, counter), random):
            errors[rule].append(error)
    for rule, each in errors.items():
        print(f"{rule}: {len(each)} days hidden, mean error {100 * fmean(each):.1f} % of the mean day (seed {SEED})")
    assert all(len(each) >= 50 for each in errors.values())
    assert all(fmean(each) < 1 / 4 for each in errors.values())
