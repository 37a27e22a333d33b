"""Local days: 23, 24 or 25 hours, and together all of time."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.calendar import days_of, local_day

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "quarters"),
    [
        (date(2026, 5, 12), "2026-05-11T22:00Z", "2026-05-12T22:00Z", 96),
        (date(2026, 3, 29), "2026-03-28T23:00Z", "2026-03-29T22:00Z", 92),
        (date(2026, 10, 25), "2026-10-24T22:00Z", "2026-10-25T23:00Z", 100),
    ],
)
def test_a_local_day_is_as_long_as_it_is(day: date, starts: str, ends: str, quarters: int) -> None:
    """The table of the handbook: an ordinary day, a spring day and an autumn day."""
    found = local_day(day, AMSTERDAM)
    assert found.started_at == datetime.fromisoformat(starts)
    assert found.ended_at == datetime.fromisoformat(ends)
    assert found.expected(QUARTER) == quarters
    assert found.expected(HOUR) * 4 == quarters


def test_months_have_the_quarters_that_the_clock_gives_them() -> None:
    """March loses an hour, October gains one."""
    assert [_quarters(2024, month) for month in (1, 3, 10)] == [2976, 2972, 2980]


def test_the_two_autumn_hours_belong_to_one_day() -> None:
    """Local 02:30 occurs twice; both times it is the same day."""
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert [found.day for found in days_of(twice, AMSTERDAM)] == [date(2026, 10, 25)]


def _quarters(year: int, month: int) -> int:
    days = (date(year, month, 1) + timedelta(days=number) for number in range(31))
    return sum(local_day(day, AMSTERDAM).expected(QUARTER) for day in days)


def _whole_hours(name: str) -> bool:
    zone = ZoneInfo(name)
    months = (datetime(year, month, 1, tzinfo=zone) for year in range(2015, 2036) for month in range(1, 13))
    return all((month.utcoffset() or timedelta()) % HOUR == timedelta() for month in months)


ZONES = sorted(name for name in available_timezones() if _whole_hours(name))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2016, 1, 1), datetime(2034, 12, 1), timezones=st.just(UTC)),
)
def test_days_follow_each_other_without_gap_in_every_zone(name: str, instant: datetime) -> None:
    """Every instant lies in exactly one day, days touch, and they are made of whole hours."""
    zone = ZoneInfo(name)
    (today,) = days_of([instant], zone)
    assert today.started_at <= instant < today.ended_at
    assert local_day(today.day + timedelta(days=1), zone).started_at == today.ended_at
    assert (today.ended_at - today.started_at) % HOUR == timedelta()
    assert sum(1 for _ in _hours(today.started_at, today.ended_at)) == today.expected(HOUR)


def _hours(start: datetime, end: datetime) -> list[datetime]:
    return [start + HOUR * number for number in range((end - start) // HOUR)]


def _stepped(day: date, zone: ZoneInfo) -> list[datetime]:
    """Go through the hours of UTC about a day, and keep those that a clock on the wall shows on that day."""
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    return [hour for hour in (first + HOUR * number for number in range(5 * 24)) if hour.astimezone(zone).date() == day]


@cache
def _changes(name: str) -> list[date]:
    """Find the days between 2016 and 2034 on which a clock is changed."""
    zone, start = ZoneInfo(name), datetime(2016, 1, 1, 12, tzinfo=UTC)
    noons = [start + timedelta(days=number) for number in range(19 * 365)]
    shifts = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noon.date() for noon, old, new in zip(noons[1:], shifts, shifts[1:], strict=False) if old != new]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2016, 1, 2), date(2034, 12, 1)))
def test_a_day_is_what_a_clock_on_the_wall_says(name: str, day: date) -> None:
    """In any zone: the hours of a day are those that stepping through UTC and reading the clock finds."""
    _agree(day, name)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), st.randoms(use_true_random=False))
def test_also_when_the_clock_is_changed(name: str, draw: Random) -> None:
    """On the days of a change, and on those beside them."""
    changes = _changes(name)
    if changes:
        _agree(draw.choice(changes) + timedelta(days=draw.choice((-1, 0, 1))), name)


def _agree(day: date, name: str) -> None:
    found, hours = local_day(day, ZoneInfo(name)), _stepped(day, ZoneInfo(name))
    assert found.expected(HOUR) == len(hours)
    if hours:  # a zone may have skipped a day
        assert (found.started_at, found.ended_at) == (hours[0], hours[-1] + HOUR)
