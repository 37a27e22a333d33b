"""A batch as columns: one row per key, the newest hearing of it, exact to the microsecond."""

from datetime import UTC, datetime
from struct import unpack

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sinks.arrays import column, microseconds
from streams.sinks.columns import newest

pytestmark = pytest.mark.pure


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_are_exact(instant: datetime) -> None:
    """No rounding into the next interval."""
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    assert microseconds([instant])[0] == (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_the_newest_hearing_of_each_key_is_picked(hearings: list[tuple[int, int, int]]) -> None:
    """Of two heard at once the first, as the table would keep it; keys come out in order."""
    datastream, started, heard = (np.array(values, np.int64) for values in zip(*hearings, strict=True))
    expected: dict[tuple[int, int], int] = {}
    for place, (one, start, at) in enumerate(hearings):
        kept = expected.get((one, start))
        if kept is None or at > hearings[kept][2]:
            expected[one, start] = place
    assert newest(datastream, started, heard).tolist() == [expected[key] for key in sorted(expected)]


def test_a_column_is_a_binary_array() -> None:
    """One dimension, no nulls, the element type named, each element with its length."""
    assert unpack(">iiIii" + "ii" * 2, column("int4", np.array([7, -1]))) == (1, 0, 23, 2, 1, 4, 7, 4, -1)
    assert unpack(">iiI", column("int4", np.array([], np.int32))) == (0, 0, 23)
