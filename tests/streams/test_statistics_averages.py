"""Average days of years and months: the vectors of the domain handbook, and what must hold for any counts."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.coverage import enough
from streams.domain.statistics.averages import (
    aadb,
    madb,
    mean_day,
    naive_aadb,
    seasonal_factor,
    total,
    weekday_index,
)
from streams.domain.statistics.statistic import DayCount

pytestmark = pytest.mark.pure

JANUARY = (100, 120, 110, 130, 120, 60, 50)
JULY = (200, 220, 210, 230, 220, 180, 160)
MONTHS = (1, 7)


def week(first: date, counts: Sequence[float | None]) -> list[DayCount]:
    """Make days that follow each other; None is a day that was not counted."""
    days = (first + timedelta(days=number) for number in range(len(counts)))
    return [DayCount(day, count, count is not None) for day, count in zip(days, counts, strict=True)]


def two_months(weeks_of_january: int = 1) -> list[DayCount]:
    """Make the two months of the handbook; both begin on a Monday in 2024."""
    return [*week(date(2024, 1, 1), JANUARY * weeks_of_january), *week(date(2024, 7, 1), JULY)]


def year(number: int = 2023) -> list[DayCount]:
    """Make a whole year of a hundred a day."""
    first = date(number, 1, 1)
    return [DayCount(first + timedelta(days=day), 100.0) for day in range((date(number + 1, 1, 1) - first).days)]


def without(days: Iterable[DayCount], *gone: date) -> list[DayCount]:
    """Take the validity of some days away; their counts stay."""
    return [day._replace(valid=day.valid and day.day not in gone) for day in days]


def test_handbook_section_4_aadb_of_two_months() -> None:
    """AASHTO, with two months for twelve."""
    assert aadb(two_months(), MONTHS).value == pytest.approx(150.714286, abs=1e-6)


def test_handbook_section_4_naive_is_biased_where_gaps_are_seasonal() -> None:
    """Four days in each cell of January and one in each of July move the naive mean, and not the other."""
    days = two_months(weeks_of_january=4)
    assert naive_aadb(days).value == pytest.approx(119.428571, abs=1e-6)
    assert aadb(days, MONTHS).value == pytest.approx(150.714286, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "counts", "average", "factor"),
    [(date(2024, 1, 1), JANUARY, 98.571429, 1.528986), (date(2024, 7, 1), JULY, 202.857143, 0.742958)],
)
def test_handbook_section_4_madb_and_seasonal_factor(
    first: date, counts: Sequence[float], average: float, factor: float
) -> None:
    """The month's own average, and what makes a day of it one of the year."""
    month = madb(week(first, counts))
    assert month.value == pytest.approx(average, abs=1e-6)
    assert seasonal_factor(aadb(two_months(), MONTHS), month).value == pytest.approx(factor, abs=1e-6)


def test_a_month_of_five_mondays_is_no_busier_for_them() -> None:
    """The mean per weekday first: Mondays of 100 and 900 are one Monday of 500 among seven days."""
    assert madb(week(date(2024, 1, 1), (*JANUARY, 900))).value == pytest.approx(155.714286, abs=1e-6)


def test_weekday_indices_of_the_two_months() -> None:
    """Mondays have (100 + 200) / 2 of 150.714286; the seven indices have the mean 1."""
    found = weekday_index(two_months(), MONTHS)
    assert found[1].value == pytest.approx(0.995261, abs=1e-6)
    assert found[7].value == pytest.approx(0.696682, abs=1e-6)
    assert sum(index.value or 0 for index in found.values()) == pytest.approx(7)


def test_fhwa_appendix_l_one_empty_cell_withholds_the_year_and_is_named() -> None:
    """February 2023 has four Wednesdays; without them there is no average, whatever else was counted."""
    days = without(year(), *(date(2023, 2, day) for day in (1, 8, 15, 22)))
    found = aadb(days)
    assert (found.value, found.withheld) == (None, reason("cells_empty", empty=1, cells=84))
    assert found.basis == {"days": 361, "empty_cells": [[2, 3]]}
    assert all(index.withheld == found.withheld for index in weekday_index(days).values())
    assert naive_aadb(days).value == 100


def test_fhwa_appendix_l_three_gone_of_four_change_nothing() -> None:
    """Missing days are fine as long as every cell has one."""
    days = without(year(), *(date(2023, 2, day) for day in (1, 8, 15)))
    assert aadb(days).value == 100
    assert aadb(days).basis == {"days": 362}


def test_a_month_without_a_sunday_has_no_average_day() -> None:
    """Nor has the year a factor for it; both say why."""
    month = madb(week(date(2024, 1, 1), [*JANUARY[:6], None]))
    assert (month.value, month.basis) == (None, {"days": 6, "empty_weekdays": [7]})
    assert seasonal_factor(aadb(two_months(), MONTHS), month).withheld == reason("weekdays_empty", empty=1)


def test_a_month_in_which_nobody_passed_is_a_zero_and_has_no_factor() -> None:
    """A zero is counted; nothing is divided by it."""
    month = madb(week(date(2024, 1, 1), [0] * 7))
    assert month.value == 0
    assert seasonal_factor(aadb(two_months(), MONTHS), month).withheld == reason("nobody_counted")


def test_nothing_counted_is_no_zero() -> None:
    """A gap is not a zero, anywhere."""
    gap = week(date(2024, 1, 1), [None] * 31)
    answers = (aadb(gap), naive_aadb(gap), madb(gap), mean_day(gap, 31), total(gap, 31))
    assert [answer.value for answer in answers] == [None] * 5
    assert all(answer.withheld for answer in answers)


@pytest.mark.parametrize(
    ("valid", "expected", "accepted"),
    [
        (96, 96, True),
        (72, 96, True),
        (71, 96, False),
        (69, 92, True),
        (68, 92, False),
        (75, 100, True),
        (74, 100, False),
        (0, 0, False),
    ],
)
def test_handbook_section_7_completeness(valid: int, expected: int, accepted: bool) -> None:  # noqa: FBT001 - the answer
    """Three quarters of an ordinary, a spring and an autumn day, and one interval less."""
    assert enough(valid, expected) is accepted


def test_totals_and_means_rest_on_three_quarters_of_the_days() -> None:
    """Of 31 days, 24 are enough and 23 are not."""
    days = week(date(2024, 1, 1), [10] * 24 + [None] * 7)
    assert total(days, 31)[:3] == (240, None, {"days": 24, "expected": 31})
    assert mean_day(days, 31).value == 10
    assert total(days[1:], 31).value is None
    assert mean_day(days[1:], 31).withheld == reason("coverage_below", valid=74, needed=75)


COUNTS = st.lists(st.integers(0, 5000), min_size=365, max_size=365)


@settings(max_examples=25, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_days_does_not_matter(counts: list[int], shuffler: object) -> None:
    """Not by a single bit: an indicator gets a new revision only when its content differs."""
    days = week(date(2023, 1, 1), counts)
    other = list(days)
    shuffler.shuffle(other)  # type: ignore[attr-defined] # hypothesis hands out a Random
    assert aadb(other) == aadb(days)
    assert weekday_index(other) == weekday_index(days)
    assert total(other, 365) == total(days, 365)


@settings(max_examples=25, deadline=None)
@given(COUNTS)
def test_averages_lie_between_the_quietest_and_the_busiest_day(counts: list[int]) -> None:
    """And of a whole year the mean of the months is near the mean of the days."""
    days = week(date(2023, 1, 1), counts)
    for found in (aadb(days), naive_aadb(days), madb(days[:31])):
        assert found.value is not None
        assert min(counts) <= found.value <= max(counts)
