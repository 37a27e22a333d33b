"""Means and what they need: Directive 2008/50/EC, Annex VII, as the domain handbook has it."""

from datetime import date
from math import nan

import pytest

from schemas.reasons import Reason, reason
from streams.domain.air.means import AirMean, HoursPart, day_max_8h, day_mean, half, mean, running, year_mean

pytestmark = pytest.mark.pure


def gaps(valid: int, of: int) -> list[float | None]:
    """Make hours of 10, of which only the first so many are there."""
    return [10.0] * valid + [None] * (of - valid)


@pytest.mark.parametrize(("valid", "holds"), [(8, True), (6, True), (5, False), (0, False)])
def test_annex_vii_eight_hours_need_six(valid: int, holds: bool) -> None:  # noqa: FBT001 - a parameter
    """75 % of eight hours are six."""
    assert mean(gaps(valid, 8), 8).value == (10 if holds else None)


@pytest.mark.parametrize(
    ("valid", "of", "holds"),
    [(18, 24, True), (17, 24, False), (18, 23, True), (17, 23, False), (19, 25, True), (18, 25, False)],
)
def test_a_local_day_needs_three_quarters_of_the_hours_it_has(valid: int, of: int, holds: bool) -> None:  # noqa: FBT001
    """23, 24 or 25."""
    found = day_mean(gaps(valid, of))
    why = (
        None
        if holds
        else reason("coverage_below", valid={17 / 24: 70, 17 / 23: 73, 18 / 25: 72}[valid / of], needed=75)
    )
    assert found == AirMean(10 if holds else None, why, valid, of)


def test_negative_hours_are_averaged_as_they_are() -> None:
    """They are noise of the instrument: without them the mean would be too high."""
    assert day_mean([-4.0, 4.0] * 12).value == 0


def test_annex_vii_running_means_of_eight_hours() -> None:
    """Each hour has a mean that ends with it."""
    assert running([float(hour) for hour in range(10)], 8) == [3.5, 4.5, 5.5]
    assert running([0.0] * 7, 8) == []


def test_annex_vii_daily_maximum_begins_with_the_seven_hours_before() -> None:
    """The first mean of a day runs from 17:00 of the day before; a peak in it counts for the day."""
    hours = [80.0] * 7 + [80.0] + [0.0] * 23
    assert day_max_8h(hours) == AirMean(80, None, 24, 24)


@pytest.mark.parametrize(("lost", "valid", "holds"), [(8, 18, True), (9, 17, False)])
def test_annex_vii_18_of_24_running_means(lost: int, valid: int, holds: bool) -> None:  # noqa: FBT001
    """With the last eight hours gone six means are lost: two missing hours each may have."""
    hours: list[float | None] = [50.0] * (31 - lost) + [None] * lost
    why = None if holds else reason("coverage_below", valid=70, needed=75)
    assert day_max_8h(hours) == AirMean(50 if holds else None, why, valid, 24)


@pytest.mark.parametrize(
    ("summer", "winter", "withheld"),
    [
        (HoursPart(30_000, 3_294, 4_392), HoursPart(90_000, 3_276, 4_368), None),
        (
            HoursPart(30_000, 3_293, 4_392),
            HoursPart(90_000, 4_368, 4_368),
            reason("coverage_below_in_half", halves=["summer"], needed=75),
        ),
        (
            HoursPart(30_000, 4_392, 4_392),
            HoursPart(90_000, 3_275, 4_368),
            reason("coverage_below_in_half", halves=["winter"], needed=75),
        ),
        (
            HoursPart(0, 0, 4_392),
            HoursPart(0, 0, 4_368),
            reason("coverage_below_in_half", halves=["summer", "winter"], needed=75),
        ),
    ],
)
def test_annex_vii_summer_and_winter_each(summer: HoursPart, winter: HoursPart, withheld: Reason | None) -> None:
    """87 % of a year is not enough where a season lacks a quarter and more."""
    found = year_mean(summer, winter)
    assert found.withheld == withheld
    assert found.expected == 8_760
    assert (found.value or nan) == pytest.approx(nan if withheld else 120_000 / 6_570, nan_ok=True)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 31), "winter"),
        (date(2026, 4, 1), "summer"),
        (date(2026, 9, 30), "summer"),
        (date(2026, 10, 1), "winter"),
    ],
)
def test_annex_vii_summer_is_april_to_september(day: date, expected: str) -> None:
    """The rest is winter, on both sides of it."""
    assert half(day) == expected
