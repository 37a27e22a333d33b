"""Estimates of days that were not counted: from neighbours, and never in what was counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.statistics.imputation import LEAST_DAYS, estimates, total_with_estimates
from streams.domain.statistics.statistic import DayCount

pytestmark = pytest.mark.pure

FIRST = date(2026, 5, 4)
MISSING = FIRST + timedelta(days=4)


def days(*counts: float | None) -> list[DayCount]:
    """Make days that follow each other; None is a day that was not counted."""
    return [DayCount(FIRST + timedelta(days=number), count, count is not None) for number, count in enumerate(counts)]


OWN = days(10, 20, 30, 40, None)
NEIGHBOURS = {"east": days(100, 200, 300, 400, 500), "west": days(2, 2, 2, 2, 3)}


def test_doi_10_1177_03611981211027161_day_factors_of_neighbours() -> None:
    """Own level 25; east has twice its level that day and west half as much again: 25 · (2 + 1.5) / 2."""
    (found,) = estimates(OWN, NEIGHBOURS, [MISSING], least_days=4)
    assert found.value == pytest.approx(43.75)
    assert (found.day, found.neighbours, found.withheld) == (MISSING, ("east", "west"), None)


def test_levels_are_of_the_days_that_both_counted() -> None:
    """North only counted the two busy days: there the own level is 35, and the day was as busy as they."""
    (found,) = estimates(OWN, {"north": days(None, None, 10, 10, 10)}, [MISSING], least_days=2)
    assert found.value == pytest.approx(35)


def test_a_neighbour_that_did_not_count_that_day_does_not_tell() -> None:
    """Nor does one with too few days in common, or at which nobody passes."""
    east = {"east": NEIGHBOURS["east"], "gone": days(1, 1, 1, 1, None), "nobody": days(0, 0, 0, 0, 9)}
    (found,) = estimates(OWN, east, [MISSING], least_days=4)
    assert found.value == pytest.approx(50)
    assert found.neighbours == ("east",)
    (strict,) = estimates(OWN, NEIGHBOURS, [MISSING])
    assert strict == (MISSING, None, (), reason("neighbour_silent"))
    assert LEAST_DAYS == 28


def test_a_total_with_estimates_says_how_many() -> None:
    """100 counted and 43.75 estimated; method and version are told."""
    found = total_with_estimates(OWN, NEIGHBOURS, [day.day for day in OWN], least_days=4)
    assert found.value == pytest.approx(143.75)
    assert found.basis == {
        "method": "neighbour_day",
        "version": "1",
        "days": 4,
        "estimated_days": 1,
        "estimated": pytest.approx(43.75),
    }


def test_one_day_that_nobody_can_estimate_withholds_the_total() -> None:
    """Else it would pass for a whole year."""
    found = total_with_estimates(OWN, {}, [day.day for day in OWN])
    assert (found.value, found.withheld) == (None, reason("neighbours_silent", days=1))
    assert (found.basis["days"], found.basis["estimated_days"]) == (4, 0)


def test_what_was_counted_is_never_estimated() -> None:
    """A whole period is its own sum, whatever the neighbours say; what is excluded is estimated."""
    whole = days(10, 20, 30, 40, 50)
    assert total_with_estimates(whole, NEIGHBOURS, [day.day for day in whole], least_days=4).value == 150
    excluded = [*whole[:4], whole[4]._replace(valid=False)]
    assert total_with_estimates(excluded, NEIGHBOURS, [day.day for day in whole], least_days=4).value == pytest.approx(
        143.75
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=29, max_size=29), st.integers(1, 50))
def test_a_neighbour_that_moves_in_step_gives_the_very_day(counts: list[int], times: int) -> None:
    """Whatever its scale."""
    own, neighbour = days(*counts[:-1], None), days(*(count * times for count in counts))
    (found,) = estimates(own, {"n": neighbour}, [own[-1].day])
    assert found.value == pytest.approx(counts[-1])
