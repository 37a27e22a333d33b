"""How often somebody may ask: a bucket with a burst, which fills while nobody asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.guards.pace import RequestPolicy, take

pytestmark = pytest.mark.pure

API = RequestPolicy("api", 60, 120, 4)


def test_a_burst_and_then_one_a_second() -> None:
    """A hundred and twenty at once, and after that what comes back: one a second."""
    full_at, allowed = 1000.0, 0
    while not (state := take(API, full_at, 1, 1000.0)).wait:
        full_at, allowed = state.full_at, allowed + 1
    assert (allowed, state.wait, state.remaining, state.resets_in) == (120, 1, 0, 120)
    assert take(API, full_at, 1, 1001.0).wait == 0
    assert take(API, full_at, 2, 1001.0).wait == 1


def test_who_was_away_has_all_of_it_again() -> None:
    """And needs no entry for that."""
    assert take(API, 0.0, 1, 5000.0)[1:] == (119, 1, 0)


def test_a_refused_request_costs_nothing() -> None:
    """Who goes on asking waits no longer for it."""
    emptied = take(API, 0.0, 120, 500.0).full_at
    assert take(API, emptied, 60, 500.0).full_at == emptied


def test_a_question_dearer_than_the_bucket_takes_all_of_it() -> None:
    """It is answered once, when the bucket is full."""
    assert take(API, 0.0, 500, 500.0)[1:] == (0, 120, 0)


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 60)), max_size=300))
def test_no_rhythm_gets_more_than_burst_and_rate(requests: list[tuple[float, int]]) -> None:
    """Whatever somebody asks when: what is allowed in any time is at most the burst and what came back in it."""
    now, full_at, used = 1000.0, 0.0, 0
    for pause, cost in requests:
        now += pause
        state = take(API, full_at, cost, now)
        if not state.wait:
            full_at, used = state.full_at, used + cost
        assert used <= API.burst + (now - 1000.0) * API.per_minute / 60 + 1e-6
        assert 0 <= state.remaining <= API.burst
