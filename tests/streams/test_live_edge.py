"""Until when all that was published is aggregated: never too far, and not behind for what was done."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.live_edge import LiveEdge, Waiting

pytestmark = pytest.mark.pure

START = datetime(2026, 5, 12, 10, tzinfo=UTC)


def at(second: int) -> datetime:
    """Give an instant."""
    return START + timedelta(seconds=second)


def test_nothing_is_known_before_anything_was_stored() -> None:
    """Without a mark of the intake there is nothing to compare with."""
    edge = LiveEdge()
    edge.seen(Waiting(at(1), None, None))
    assert edge.until is None


def test_where_nothing_waits_all_that_is_stored_is_aggregated() -> None:
    """What is seen at one moment belongs together."""
    edge = LiveEdge()
    edge.seen(Waiting(at(10), at(7), None))
    assert edge.until == at(7)


def test_what_was_stored_before_the_oldest_waiting_hour_was_marked_is_aggregated() -> None:
    """It follows a load that never pauses; after a restart it waits for what waited then."""
    edge = LiveEdge()
    for second, oldest, until in ((10, 5, None), (11, 8, None), (12, 11, 7), (13, 12, 8), (14, 12, 8), (15, 15, 11)):
        edge.seen(Waiting(at(second), at(second - 3), at(oldest)))
        assert edge.until == (None if until is None else at(until))


def test_an_hour_that_is_marked_again_and_again_holds_nothing_up() -> None:
    """A round recomputed it, though its mark could not be taken away."""
    edge = LiveEdge()
    edge.seen(Waiting(at(10), at(9), at(1)))
    edge.recomputed({"A": at(9)}, {"A"})
    edge.seen(Waiting(at(11), at(10), at(1)))
    assert edge.until == at(9)


def test_a_wait_of_days_needs_no_endless_memory() -> None:
    """What is told is coarser then, and still right."""
    edge = LiveEdge()
    for second in range(1, 20_000):
        edge.seen(Waiting(at(second), at(second - 1), at(0)))
    edge.seen(Waiting(at(20_001), at(20_000), at(10_000)))
    assert edge.until is not None
    assert at(9_000) < edge.until < at(10_000)


def test_what_is_recomputed_is_so_in_every_time_zone() -> None:
    """The one that is furthest behind says how far all are; one that is new, or has nobody any more, counts at once."""
    edge = LiveEdge()
    edge.recomputed({"A": at(9)}, {"A", "B"})
    assert edge.until is None
    edge.recomputed({"B": at(7)}, {"A", "B"})
    assert edge.until == at(7)
    edge.recomputed({"B": at(12)}, {"A", "B"})
    assert edge.until == at(9)
    edge.recomputed({}, {"A", "B", "C"})
    assert edge.until is None
    edge.recomputed({"B": at(13)}, {"B"})
    assert edge.until == at(13)


EVENTS = st.one_of(
    st.tuples(st.sampled_from(("store", "aggregate", "recompute", "round")), st.integers(0, 2)),
    st.sampled_from((("look", 0),)),
)
ZONES = {0: "A", 1: "A", 2: "B"}


@given(st.lists(EVENTS, max_size=60))
def test_it_never_promises_what_is_not_aggregated(events: list[tuple[str, int]]) -> None:
    """Against a platform that knows of every reading whether it is in the sums; a second passes with each event."""
    edge, published = LiveEdge(), at(0)
    marked: dict[int, datetime] = {}
    missing: dict[int, list[datetime]] = {0: [], 1: [], 2: []}
    for second, (event, hour) in enumerate(events, 1):
        if event == "store":
            published = at(second)
            marked.setdefault(hour, at(second))
            missing[hour].append(published)
        elif event == "aggregate":
            marked.pop(hour, None)
            missing[hour].clear()
        elif event == "recompute":  # and marked again at once
            missing[hour].clear()
        elif event == "look":
            edge.seen(Waiting(at(second), published, min(marked.values(), default=None)))
        else:
            for one, pending in missing.items():
                if ZONES[one] == ZONES[hour]:
                    pending.clear()
            edge.recomputed({ZONES[hour]: published}, {"A", "B"})
        first = min((one for pending in missing.values() for one in pending), default=None)
        assert edge.until is None or first is None or edge.until < first
    if not marked:
        edge.seen(Waiting(at(99), published, None))
        assert edge.until == published
