"""Growth, like for like: the vector of the handbook, leap days and weekdays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.statistics.growth import Pair, a_year_before, growth, like_for_like, same_weekday
from streams.domain.statistics.statistic import DayCount

pytestmark = pytest.mark.pure


def days(first: date, *counts: float | None) -> list[DayCount]:
    """Make days that follow each other; None is a day that was not counted."""
    return [DayCount(first + timedelta(days=number), count, count is not None) for number, count in enumerate(counts)]


def test_handbook_section_4_like_for_like_over_one_site_day() -> None:
    """A new site and two gaps make 86.7 % of what grew by a tenth."""
    then = {"A": days(date(2025, 1, 1), 100, 200, None)}
    now = {"A": days(date(2026, 1, 1), 110, None, 300), "B": days(date(2026, 1, 1), 150)}
    found = like_for_like(then, now)
    assert found.value == pytest.approx(0.10)
    assert found.basis["naive_growth"] == pytest.approx(0.866667, abs=1e-6)
    assert {key: found.basis[key] for key in ("days", "sites", "site_days", "then", "now")} == {
        "days": 1,
        "sites": 1,
        "site_days": 1,
        "then": 100,
        "now": 110,
    }
    assert (found.basis["naive_then"], found.basis["naive_now"]) == (300, 560)


def test_days_and_sites_are_told_apart() -> None:
    """Two sites on one day and one on another: two days, two sites, three days of sites."""
    then = {"A": days(date(2025, 3, 1), 10, 10), "B": days(date(2025, 3, 1), 20)}
    now = {"A": days(date(2026, 3, 1), 15, 15), "B": days(date(2026, 3, 1), 20)}
    found = like_for_like(then, now)
    assert found.value == pytest.approx(0.25)
    assert [found.basis[key] for key in ("days", "sites", "site_days")] == [2, 2, 3]


def test_29_february_has_no_partner() -> None:
    """Neither looking back from it, nor looking back to it."""
    assert a_year_before(date(2024, 2, 29)) is None
    assert a_year_before(date(2024, 3, 1)) == date(2023, 3, 1)
    leap = like_for_like({"A": days(date(2023, 2, 28), 1, 1)}, {"A": days(date(2024, 2, 28), 2, 999, 2)})
    assert (leap.value, leap.basis["days"], leap.basis["now"]) == (1.0, 2, 4)
    after = like_for_like({"A": days(date(2024, 2, 28), 1, 999, 1)}, {"A": days(date(2025, 2, 28), 2, 2)})
    assert (after.value, after.basis["then"]) == (1.0, 2)


def test_weekdays_meet_weekdays_364_days_before() -> None:
    """Tuesday 2026-05-12 is compared with Tuesday 2025-05-13; by date it would meet a Monday."""
    then = {"A": days(date(2025, 5, 12), 50, 100)}
    now = {"A": days(date(2026, 5, 12), 110)}
    assert same_weekday(then, now).value == pytest.approx(0.10)
    assert like_for_like(then, now).value == pytest.approx(1.20)


def test_without_pairs_there_is_no_growth() -> None:
    """The naive totals stay beside it, and nobody then is no base."""
    found = like_for_like({"A": days(date(2025, 1, 1), 100)}, {"B": days(date(2026, 1, 1), 120)})
    assert (found.value, found.withheld) == (None, reason("no_common_day"))
    assert found.basis["naive_growth"] == pytest.approx(0.2)
    nobody = like_for_like({"A": days(date(2025, 1, 1), 0)}, {"A": days(date(2026, 1, 1), 5)})
    assert nobody.withheld == reason("nobody_counted_before")


def test_days_of_other_channels_are_no_pair() -> None:
    """One of two directions was closed within the second day: 220 over 200 is +10 %, of the first."""
    both, one = ("in", "out"), ("in",)
    then = [DayCount(date(2025, 5, number), 200, channels=both) for number in (1, 2, 3)]
    now = [
        DayCount(date(2026, 5, 1), 220, channels=both),
        DayCount(date(2026, 5, 2), 160, channels=None),
        DayCount(date(2026, 5, 3), 110, channels=one),
    ]
    found = like_for_like({"A": then}, {"A": now})
    assert found.value == pytest.approx(0.10)
    assert found.basis["days"] == 1
    assert like_for_like({"A": then}, {"A": now[1:]}).withheld == reason("other_channels")


def test_places_that_were_added_before_are_each_counted() -> None:
    """The store adds the places of a whole city by day."""
    found = growth([Pair(date(2026, 5, 12), 100, 120, ("A", "B")), Pair(date(2026, 5, 13), 50, 60, ("A",))])
    assert found.value == pytest.approx(0.2)
    assert [found.basis[key] for key in ("days", "sites", "site_days")] == [2, 2, 3]


PLACES = st.dictionaries(
    st.sampled_from("ABC"), st.lists(st.none() | st.integers(0, 900), min_size=1, max_size=9), min_size=1
)


@given(PLACES, PLACES, st.integers(1, 900))
def test_a_new_site_changes_nothing_but_the_naive_growth(
    then: dict[str, list[int | None]], now: dict[str, list[int | None]], count: int
) -> None:
    """That is what like for like is for."""
    before = {place: days(date(2025, 5, 1), *counts) for place, counts in then.items()}
    after = {place: days(date(2026, 5, 1), *counts) for place, counts in now.items()}
    found, wider = (
        like_for_like(before, places) for places in (after, {**after, "new": days(date(2026, 5, 1), count)})
    )
    assert wider.value == found.value
    assert wider.basis["naive_now"] == found.basis["naive_now"] + count
