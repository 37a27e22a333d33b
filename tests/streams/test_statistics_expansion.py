"""What a short count says of a year: the vector of the handbook, and the error that is told beside it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from schemas.reasons import reason
from streams.domain.statistics.expansion import expanded, expansion
from streams.domain.statistics.statistic import DayCount

pytestmark = pytest.mark.pure

YEAR = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
MONDAY = date(2025, 5, 12)
WEEK = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
SEASONS = (0.6, 0.6, 0.8, 1.0, 1.2, 1.3, 1.3, 1.3, 1.2, 1.0, 0.9, 0.8)


def place(count: Callable[[date], float]) -> list[DayCount]:
    """Make a whole year of a place."""
    return [DayCount(day, count(day)) for day in YEAR]


def patterned(average: float) -> list[DayCount]:
    """Make a year whose days are the average times an index of the weekday and one of the month, both with mean 1."""
    return place(lambda day: average * WEEK[day.weekday()] * SEASONS[day.month - 1])


FLAT = place(lambda _: 100.0)
WEEKENDS = place(lambda day: 175.0 if day.isoweekday() > 5 else 70.0)


def test_handbook_section_4_expansion_of_one_count() -> None:
    """1850 on a day of index 1.12 in a month of index 1.18."""
    assert expansion(1850, 1.12, 1.18) == pytest.approx(1399.82, abs=0.005)


def test_a_place_used_like_its_references_is_found_exactly() -> None:
    """Any days of it give its average day, without error."""
    references = {"A": patterned(400), "B": patterned(3000)}
    short = [day for day in patterned(750) if MONDAY <= day.day < MONDAY + timedelta(days=7)]
    found = expanded(short, references)
    assert found.value == pytest.approx(750)
    assert [found.low, found.high] == pytest.approx([750, 750])
    assert found.basis["rms_error"] == pytest.approx(0, abs=1e-12)
    assert found.basis["every_weekday"]
    assert found.basis["may_to_october"]


def test_the_error_is_that_of_the_same_days_at_each_reference() -> None:
    """A Monday: by the others' index 100 / 0.7 for one, 70 / 1 for the other, where both have 100."""
    found = expanded([DayCount(MONDAY, 85.0)], {"flat": FLAT, "weekends": WEEKENDS})
    assert found.value == pytest.approx(100)
    assert found.basis["rms_error"] == pytest.approx(0.369914, abs=1e-6)
    assert found.low == pytest.approx(63.008639, abs=1e-4)
    assert found.high == pytest.approx(136.991361, abs=1e-4)
    assert (found.basis["references"], found.basis["tested_on"]) == (["flat", "weekends"], 2)
    assert (found.basis["days"], found.basis["every_weekday"]) == (1, False)


def test_a_reference_needs_its_whole_year() -> None:
    """One month without Mondays, or with nobody, and it is none; two are needed."""
    torn = [day for day in FLAT if not (day.day.month == 3 and day.day.isoweekday() == 1)]
    empty = place(lambda day: 0.0 if day.month == 2 else 100.0)
    for other in (torn, empty):
        found = expanded([DayCount(MONDAY, 85.0)], {"flat": FLAT, "other": other})
        assert found.withheld == reason("references_below_two")
        assert found.basis["references"] == ["flat"]


def test_an_error_that_cannot_be_told_withholds_the_value() -> None:
    """No reference counted on that Monday."""
    gone = [day._replace(valid=day.day != MONDAY) for day in FLAT]
    found = expanded([DayCount(MONDAY, 85.0)], {"A": gone, "B": gone})
    assert found.withheld == reason("references_silent")


def test_nothing_counted_is_nothing_expanded() -> None:
    """A gap is not a zero; a zero is one."""
    references = {"A": FLAT, "B": FLAT}
    assert expanded([DayCount(MONDAY, None, valid=False)], references).withheld == reason("no_valid_day")
    assert expanded([DayCount(MONDAY, 0.0)], references).value == 0
