"""How much is done at once follows how long it took, and never gets stuck below what fits."""

import pytest

from streams.pace import Pace

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("start", "room", "size"), [(1, 1.85, 2), (2, 1.2, 2), (2, 0.6, 1), (4, 5.0, 8), (1, 0.1, 1), (20, 2.0, 31)]
)
def test_as_much_is_taken_as_fits(start: int, room: float, size: int) -> None:
    """To the nearest whole part; twice as much at most, and one at least."""
    pace = Pace(start, 31)
    pace.well(room=room)
    assert pace.size == size


def test_what_is_refused_is_tried_in_parts_and_given_up_when_the_smallest_fails_three_times() -> None:
    """A refusal that may have another reason does not count."""
    pace = Pace(10, 31)
    pace.refused(counts=True)
    assert (pace.size, pace.hopeless) == (1, False)
    for counts in (True, False, True, True):
        pace.refused(counts=counts)
    assert pace.hopeless
    pace.well()
    assert not pace.hopeless
