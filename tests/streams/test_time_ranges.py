"""Ranges of time that are worked off from their end."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.domain.time_ranges import TimeRange, cut, merged, together

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def between(first: int, last: int | None) -> TimeRange:
    """Make a range from one hour after noon until another one."""
    return TimeRange(NOON + first * HOUR, None if last is None else NOON + last * HOUR)


def test_what_overlaps_or_touches_is_one() -> None:
    """Whatever the order; what has no end swallows all that begins later."""
    assert merged([between(4, 5), between(0, 1), between(1, 3), between(2, 3)]) == [between(0, 3), between(4, 5)]
    assert merged([between(2, None), between(5, 6), between(0, 1)]) == [between(0, 1), between(2, None)]
    assert merged([between(0, 9), between(1, 2), between(3, None)]) == [between(0, None)]
    assert merged([]) == []


def test_the_newest_part_is_cut_off() -> None:
    """And what is left lies before it; what is short enough stays whole."""
    assert cut(between(0, 5), 2 * HOUR) == (between(3, 5), between(0, 3))
    assert cut(between(0, 2), 2 * HOUR) == (between(0, 2), None)


def test_some_ranges_reach_from_the_first_to_the_last_moment() -> None:
    """Whatever lies between."""
    assert together([between(4, 5), between(0, 1), between(2, 3)]) == (NOON, NOON + 5 * HOUR)
