"""Recomputing estimates, growth since an opening and the growth of all sites together, with numbers by hand."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from verify.indicators import estimates, growth
from verify.indicators.day_series import DayRange, DaySeries, DayTotals
from verify.indicators.growth import a_year_before, together

pytestmark = pytest.mark.pure

YEAR = DayRange(date(2025, 1, 1), date(2025, 12, 31))
MISSING = (date(2025, 6, 3), date(2025, 6, 4))


def days(first: date, number: int) -> list[date]:
    """So many days from the first on."""
    return [first + timedelta(days=one) for one in range(number)]


def series(counts: Iterable[tuple[date, float]], channels: tuple[str, ...] | None = ("in",)) -> DaySeries:
    """Days of the same channels."""
    return DaySeries(DayTotals(day, count, channels=channels) for day, count in counts)


def test_a_neighbour_fills_a_gap_at_the_level_of_the_site() -> None:
    """The neighbour counts twice as many each day, and 300 on a missing one: 150. It errs by nothing on other days."""
    own = {day: 100.0 for day in days(YEAR.first, 365) if day not in MISSING}
    there = {day: 300.0 if day in MISSING else 200.0 for day in days(YEAR.first, 365)}
    found = estimates.total(own, [there], YEAR, before={}, holidays=())
    assert found.value == pytest.approx(363 * 100 + 2 * 150)
    assert found.low == pytest.approx(36_600)
    assert found.high == pytest.approx(36_600)


def test_own_weekdays_fill_what_no_neighbour_counted() -> None:
    """Four Tuesdays before and four after of 80 each, though every other day has 100; none of it is off."""
    tuesday = date(2025, 6, 3)
    own = {day: 80.0 if day.weekday() == 1 else 100.0 for day in days(YEAR.first, 365) if day != tuesday}
    found = estimates.total(own, [], YEAR, before={}, holidays=())
    assert found.value == sum(own.values()) + 80
    assert (found.low, found.high) == (found.value, found.value)


def test_a_holiday_tells_of_holidays_only() -> None:
    """Whit Sunday is missing, and the one other holiday around is too few."""
    whit, monday = date(2025, 6, 8), date(2025, 6, 9)
    own = {day: 40.0 if day == monday else 100.0 for day in days(YEAR.first, 365) if day != whit}
    assert estimates.total(own, [], YEAR, before={}, holidays={whit, monday}).value is None
    ascension = date(2025, 5, 29)
    found = estimates.total({**own, ascension: 60.0}, [], YEAR, before={}, holidays={whit, monday, ascension})
    assert found.value == 362 * 100 + 40 + 60 + (40 + 60) / 2


def test_errors_are_those_of_counted_days_that_are_hidden() -> None:
    """Weekdays alternate 90 and 110 by the week: the mean of the others is off, and the bounds say how far."""
    missing = date(2025, 7, 1)
    own = {day: (90.0 if day.isocalendar().week % 2 else 110.0) for day in days(YEAR.first, 365) if day != missing}
    found = estimates.total(own, [], YEAR, before={}, holidays=())
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value < found.high
    assert 1 < found.high - found.value < 20


def test_growth_since_an_opening_compares_the_same_weekday() -> None:
    """The first 30 days had 100, 101, ..., and each a fifth more 104 weeks later; under 28 pairs there is none."""
    opened = date(2024, 4, 1)
    last = opened + timedelta(days=728 + 29)
    counts = [(day, 100.0 + number) for number, day in enumerate(days(opened, 30))]
    later = [(day, 1.2 * (100 + number)) for number, day in enumerate(days(opened + timedelta(days=728), 30))]
    assert growth.since_opening(series([*counts, *later]), DayRange(opened, last)) == pytest.approx(0.2)
    assert growth.since_opening(series([*counts[:27], *later]), DayRange(opened, last)) is None
    assert growth.since_opening(series(counts), DayRange(opened, opened + timedelta(days=600))) is None


def test_sites_grow_together_over_pairs_of_the_same_site() -> None:
    """A: 100 to 110 on seven days; B is new and counts for nothing; C changed its channels on the way."""
    april, period = date(2026, 4, 1), DayRange(date(2026, 4, 1), date(2026, 4, 30))
    before = date(2025, 4, 1)
    a = series([*((day, 100.0) for day in days(before, 7)), *((day, 110.0) for day in days(april, 7))])
    b = series((day, 500.0) for day in days(april, 7))
    changed = [DayTotals(day, 10.0, channels=("in", "out")) for day in days(before, 7)]
    c = DaySeries([*changed, *(DayTotals(day, 900.0, channels=("in",)) for day in days(april, 7))])
    assert together([a, b, c], period, a_year_before) == pytest.approx(0.1)
    six = series([*((day, 100.0) for day in days(before, 6)), *((day, 110.0) for day in days(april, 7))])
    assert together([six], period, a_year_before) is None
