"""A batch as columns: what is alone about its interval and what is not, exact to the microsecond."""

from datetime import UTC, datetime
from struct import unpack

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.assignment import Accepted
from streams.sinks.arrays import column, microseconds, moment
from streams.sinks.columns import apart, columns
from tests.streams.observations import seen

pytestmark = pytest.mark.pure


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_are_exact(instant: datetime) -> None:
    """No rounding into the next interval."""
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    assert microseconds([instant])[0] == (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    assert moment(microseconds([instant])[0]) == instant


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_messages_about_one_interval_come_apart_in_the_order_received(keys: list[tuple[int, int]]) -> None:
    """Those that are alone come in the order of the key; every message is in exactly one place."""
    accepted = Accepted(
        [one for one, _ in keys], [seen(quarter=quarter) for _, quarter in keys], [0] * len(keys), {}, set()
    )
    by_key: dict[tuple[int, int], list[int]] = {}
    for place, key in enumerate(keys):
        by_key.setdefault(key, []).append(place)
    alone, several = apart(columns(accepted))
    assert alone.tolist() == [by_key[key][0] for key in sorted(by_key) if len(by_key[key]) == 1]
    assert [group.tolist() for group in several] == [by_key[key] for key in sorted(by_key) if len(by_key[key]) > 1]


def test_a_column_is_a_binary_array() -> None:
    """One dimension, no nulls, the element type named, each element with its length."""
    assert unpack(">iiIii" + "ii" * 2, column("int4", np.array([7, -1]))) == (1, 0, 23, 2, 1, 4, 7, 4, -1)
    assert unpack(">iiI", column("int4", np.array([], np.int32))) == (0, 0, 23)
