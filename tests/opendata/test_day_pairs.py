"""Like for like: which days count on both sides, by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from opendata.read import day_pairs, day_sums
from opendata.read.day_pairs import Unpaired
from opendata.read.explored import ExploredDay

pytestmark = pytest.mark.pure


def day(
    at: date,
    value: float | None,
    *,
    place: str = "a",
    valid: int = 96,
    channels: str | None = "in uit",
    base: float | None = None,
) -> ExploredDay:
    """Make a day of 96 quarters."""
    start = datetime(at.year, at.month, at.day, tzinfo=UTC)
    return ExploredDay(
        place=place,
        day=at,
        started_at=start,
        ended_at=start + timedelta(days=1),
        value=value,
        base=base,
        valid=valid if value is not None else 0,
        expected=96,
        channels=channels,
    )


def first_days(year: int, values: Sequence[float | None], place: str = "a") -> list[ExploredDay]:
    """Make the first days of a year."""
    return [day(date(year, 1, number), value, place=place) for number, value in enumerate(values, 1)]


def test_the_vector_of_the_domain_guide() -> None:
    """Year 1: 100, 200, null; year 2: 110, null, 300 and a new site of 150: one site-day, +10 %, not +86.7 %."""
    now = [*first_days(2026, [110, None, 300]), *first_days(2026, [150, 150, 150], "b")]
    found = day_pairs.pair(now, first_days(2025, [100, 200, None]), lambda one: one.replace(year=2025))
    assert [(one.now.value, one.before.value) for one in found.pairs] == [(110, 100)]
    assert found.reasons == {"incomplete": 1, "incomplete_before": 1, "no_day": 3}
    assert day_sums.added(found.now).value == 110
    assert day_sums.added(found.before).value == 100


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        ({"valid": 95}, {}, "incomplete"),
        ({}, {"valid": 95}, "incomplete_before"),
        ({"channels": "in"}, {}, "other_channels"),
        ({"channels": None}, {"channels": None}, "other_channels"),
        ({}, {}, None),
    ],
)
def test_a_day_counts_when_both_were_measured_whole_by_the_same_channels(
    now: dict[str, object], before: dict[str, object], why: Unpaired | None
) -> None:
    """A quarter that is missing on either side, or a channel that changed, leaves the pair out, with its reason."""
    today, then = day(date(2026, 5, 5), 10, **now), day(date(2025, 5, 6), 20, **before)  # type: ignore[arg-type] # by name
    found = day_pairs.pair([today], [then], day_pairs.year_before)
    assert [one.why for one in found.left_out] == ([why] if why else [])
    assert len(found.pairs) == (0 if why else 1)


def test_a_day_that_waits_is_not_called_incomplete() -> None:
    """More of it may have been measured: that is another reason, on either side; what is whole does not wait."""
    now = [day(date(2026, 5, 5), 10, valid=40), day(date(2026, 5, 6), 10)]
    before = [day(date(2025, 5, 6), 10), day(date(2025, 5, 7), None)]
    found = day_pairs.pair(now, before, day_pairs.year_before, waits=lambda one: one.day != date(2025, 5, 6))
    assert [one.why for one in found.left_out] == ["waiting", "waiting"]


def test_another_place_has_other_channels_and_counts_all_the_same() -> None:
    """Days of two places are compared by their dates alone."""
    here, there = day(date(2026, 5, 5), 10), day(date(2026, 5, 5), 20, place="b", channels="beide")
    found = day_pairs.pair([here], [there], lambda one: one, same_place=False)
    assert len(found.pairs) == 1


def test_what_the_calendar_leaves_out_is_out_on_both_sides() -> None:
    """King's day of this year, and the weekday of it a year before."""
    now = [day(date(2026, 4, 27), 10), day(date(2026, 4, 28), 10)]
    before = [day(date(2025, 4, 28), 10), day(date(2025, 4, 29), 10)]
    found = day_pairs.pair(now, before, day_pairs.year_before, excluded={date(2026, 4, 27), date(2025, 4, 29)})
    assert found.reasons == {"excluded": 2}


def test_a_share_counts_from_three_quarters() -> None:
    """72 of 96 is enough, 71 is not; without passages there is no share."""
    known = [day(date(2026, 5, 5), 3, base=10, valid=valid) for valid in (71, 72, 96)]
    assert [day_pairs.enough(one) for one in known] == [False, True, True]
    assert not day_pairs.enough(day(date(2026, 5, 5), 0, base=0))


def test_windows_round_an_event_are_as_long_and_touch_it() -> None:
    """Works from Wednesday 9 to Friday 18 September, two weeks on both sides."""
    windows = day_pairs.around(date(2026, 9, 9), date(2026, 9, 18), 2)
    assert windows == (date(2026, 8, 26), date(2026, 9, 8), date(2026, 9, 19), date(2026, 10, 2))


def test_each_day_after_meets_the_same_weekday_before_once() -> None:
    """The first Saturday after meets the first Saturday before; every day before is met."""
    windows = day_pairs.around(date(2026, 9, 9), date(2026, 9, 18), 2)
    after = [windows.after_first + timedelta(days=number) for number in range(14)]
    partners = [windows.partner(one) for one in after]
    assert partners[0] == date(2026, 8, 29)  # a Saturday, as 19 September is
    assert partners[7] == date(2026, 9, 5)
    assert all(one.weekday() == other.weekday() for one, other in zip(after, partners, strict=True))
    assert sorted(partners) == [windows.before_first + timedelta(days=number) for number in range(14)]


@pytest.mark.parametrize(
    ("first", "before", "days"),
    [
        (date(2026, 3, 2), date(2026, 2, 2), 28),
        (date(2026, 3, 2), date(2026, 2, 5), 28),
        (date(2026, 3, 2), date(2026, 2, 6), 21),
        (date(2026, 1, 1), date(2025, 1, 1), 364),
    ],
)
def test_an_own_begin_is_moved_to_the_nearest_weeks(first: date, before: date, days: int) -> None:
    """So that Mondays meet Mondays."""
    assert day_pairs.shifted(first, before) == timedelta(days=days)


def test_sums_say_what_is_missing() -> None:
    """A gap adds to what was expected and to nothing else; a zero is a number."""
    total = day_sums.added([day(date(2026, 5, 4), 10), day(date(2026, 5, 5), None), day(date(2026, 5, 6), 0, valid=48)])
    assert (total.value, total.valid, total.expected, total.days, total.whole) == (10, 144, 288, 2, 1)
    assert (total.base, total.coverage, total.mean) == (None, 0.5, 5)
    assert day_sums.added([day(date(2026, 5, 5), None)]).value is None
    assert day_sums.added([]).coverage is None


@pytest.mark.parametrize(
    ("interval", "begins"),
    [
        ("day", [date(2025, 12, 28), date(2025, 12, 29), date(2026, 1, 1)]),
        ("week", [date(2025, 12, 28), date(2025, 12, 29)]),
        ("month", [date(2025, 12, 28), date(2026, 1, 1)]),
        ("year", [date(2025, 12, 28), date(2026, 1, 1)]),
    ],
)
def test_days_are_added_by_the_interval_in_which_they_lie(interval: day_sums.DayInterval, begins: list[date]) -> None:
    """A week begins on Monday, also over New Year."""
    days = [day(one, 1) for one in (date(2026, 1, 1), date(2025, 12, 29), date(2025, 12, 28))]
    found = day_sums.buckets(days, interval)
    assert [one.first for one in found] == begins
    assert sum(one.total.value or 0 for one in found) == 3
