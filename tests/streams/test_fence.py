"""Behind the fence: nothing twice, and never past a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.fence import FenceError, Record, beyond

pytestmark = pytest.mark.pure


def record(offset: int, partition: int = 0) -> Record:
    """Make a record that is nothing but its place."""
    return Record(partition, offset, b"", [])


def test_what_lies_below_is_dropped() -> None:
    """Faust hands over what was revoked, and what it read twice."""
    found = beyond({0: 5}, [record(3), record(4), record(5), record(6), record(5)])
    assert [one.offset for one in found.records] == [5, 6]
    assert found.fence == {0: 7}


def test_a_hole_stops_everything() -> None:
    """Offsets of such a topic have no holes: a missing one was skipped."""
    with pytest.raises(FenceError, match="offset 7 arrived, 6 was due"):
        beyond({0: 5}, [record(5), record(7)])


def test_a_partition_without_a_fence_stops_everything() -> None:
    """Every assignment makes fences first."""
    with pytest.raises(FenceError):
        beyond({0: 5}, [record(0, partition=1)])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6)), max_size=40))
def test_whatever_arrives_each_offset_is_taken_once_and_in_order(arrivals: list[tuple[int, int]]) -> None:
    """Either the run from the fence, complete and in order, or an error."""
    try:
        found = beyond({0: 0, 1: 2, 2: 4}, [record(offset, partition) for partition, offset in arrivals])
    except FenceError:
        return
    for partition, first in ((0, 0), (1, 2), (2, 4)):
        taken = [one.offset for one in found.records if one.partition == partition]
        assert taken == list(range(first, found.fence[partition]))
