"""Estimates of days that were not counted: from neighbours, and never in what was counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.statistics.imputation import LEAST_DAYS, estimates, total_with_estimates, weekday_estimates
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
    assert strict[:4] == (MISSING, None, (), reason("neighbour_silent"))
    assert LEAST_DAYS == 28


def test_a_total_with_estimates_says_how_many() -> None:
    """100 counted and 43.75 estimated; method and version are told."""
    found = total_with_estimates(OWN, NEIGHBOURS, [day.day for day in OWN], least_days=4)
    assert found.value == pytest.approx(143.75)
    assert found.basis == {
        "method": "neighbour_day",
        "version": "2",
        "days": 4,
        "estimated_days": 1,
        "days_neighbour_day": 1,
        "rms_error_neighbour_day": None,  # with one day less no neighbour has four in common
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


TUESDAY = date(2026, 3, 31)


def on(*counts: tuple[int, float]) -> list[DayCount]:
    """Make valid days, by their distance from a Tuesday."""
    return [DayCount(TUESDAY + timedelta(days=away), count) for away, count in counts]


def test_a_day_that_nobody_counted_is_as_the_same_weekday_around_it() -> None:
    """180 and 200 on the Tuesdays before, 220 on the one after: 200; Mondays, and Tuesdays further off, do not tell."""
    own = on((-14, 180), (-7, 200), (7, 220), (-1, 999), (-35, 999), (35, 999))
    (found,) = weekday_estimates(own, [TUESDAY])
    assert found.value == pytest.approx(200)
    assert (found.day, found.neighbours, found.withheld, found.rule) == (TUESDAY, (), None, "own_weekday")


def test_one_other_tuesday_is_too_few() -> None:
    """A single day may be anything."""
    (found,) = weekday_estimates(on((-7, 200), (-8, 100)), [TUESDAY])
    assert (found.value, found.withheld) == (None, reason("weekdays_silent"))


def test_holidays_tell_of_holidays_only() -> None:
    """An ordinary Tuesday leaves a holiday out; a holiday is as other Tuesdays in holidays, else as all of these."""
    own = on((-14, 180), (-7, 50), (7, 220), (-6, 30), (-5, 40))
    holidays = {TUESDAY + timedelta(days=away) for away in (-7, -6, -5)}
    (ordinary,) = weekday_estimates(own, [TUESDAY], holidays=holidays)
    assert ordinary.value == pytest.approx(200)
    (holiday,) = weekday_estimates(own, [TUESDAY], holidays={*holidays, TUESDAY})
    assert holiday.value == pytest.approx(40)
    (alike,) = weekday_estimates(on((-7, 50), (7, 60), (-6, 999)), [TUESDAY], holidays={
        TUESDAY + timedelta(days=away) for away in (-7, -6, 0, 7)
    })  # fmt: skip
    assert alike.value == pytest.approx(55)


def test_a_total_uses_the_own_weekdays_only_where_no_neighbour_counted() -> None:
    """Three weeks of 10 a day and 20 on Sundays: the Friday has a neighbour, the last Sunday has none.

    The neighbour has 1 a day as this place has 10, Sundays too: by it the Friday is 10 times its 2. The Sunday is the
    mean of the two before it. Hidden, a Sunday is estimated as the other one: the own rule makes no error.
    """
    own = [DayCount(FIRST + timedelta(days=n), 20 if n % 7 == 6 else 10, n not in (18, 20)) for n in range(21)]
    friday, sunday = FIRST + timedelta(days=18), FIRST + timedelta(days=20)
    there = [DayCount(FIRST + timedelta(days=n), 2 if n % 7 == 6 or n == 18 else 1, n != 20) for n in range(21)]
    found = total_with_estimates(own, {"n": there}, [day.day for day in own], least_days=7)
    assert found.value == pytest.approx(17 * 10 + 2 * 20 + 20 + 20)
    assert found.basis == {
        "method": "neighbour_day, own_weekday",
        "version": "2",
        "days": 19,
        "estimated_days": 2,
        "days_neighbour_day": 1,
        "days_own_weekday": 1,
        "rms_error_neighbour_day": pytest.approx(0, abs=1e-9),
        "rms_error_own_weekday": pytest.approx(0, abs=1e-9),
        "estimated": pytest.approx(40),
    }
    assert found.low == found.high == pytest.approx(250)
    assert {friday, sunday}.isdisjoint(day.day for day in own if day.valid)


def test_the_error_of_a_rule_is_that_of_the_days_that_were_counted() -> None:
    """Tuesdays of 90, 110 and 100: hidden they are estimated 105, 95 and 100, so off by 15, 15 and 0 of 100.

    The root of (225 + 225 + 0) / 3 is 12.247, and 0.12247 of the mean day: the bounds of a total of 400.
    """
    own = [*on((-14, 90), (-7, 110), (7, 100)), DayCount(TUESDAY, None, valid=False)]
    found = total_with_estimates(own, {}, [day.day for day in own])
    assert found.value == pytest.approx(400)
    assert found.basis["days_own_weekday"] == 1
    assert found.basis["rms_error_own_weekday"] == pytest.approx(0.122474, abs=1e-6)
    assert found.low == pytest.approx(387.7526, abs=1e-3)
    assert found.high == pytest.approx(412.2474, abs=1e-3)


def test_days_before_the_period_tell_of_its_first_days() -> None:
    """The Tuesdays of December, of one in January."""
    missing = DayCount(TUESDAY, None, valid=False)
    found = total_with_estimates([missing], {}, [TUESDAY], before=on((-14, 90), (-7, 110)))
    assert found.value == pytest.approx(100)
    assert found.basis["estimated_days"] == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=29, max_size=29), st.integers(1, 50))
def test_a_neighbour_that_moves_in_step_gives_the_very_day(counts: list[int], times: int) -> None:
    """Whatever its scale."""
    own, neighbour = days(*counts[:-1], None), days(*(count * times for count in counts))
    (found,) = estimates(own, {"n": neighbour}, [own[-1].day])
    assert found.value == pytest.approx(counts[-1])
