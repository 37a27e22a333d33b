"""What is done with of a sender: each number once, whatever the order and repetition of its messages."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.number_ranges import MOST, NONE, has, through, with_numbers
from schemas.observation import run_of
from schemas.receipt import NumberedMessage, numbered_header, numbered_in
from schemas.rejection import Rejection
from schemas.runs import digest_of
from streams.domain.receipts import REMEMBERED, FinishedMessage, RefusedPlace, RunState, after, refused_place, reused
from tests.contracts.processing import NOON

pytestmark = pytest.mark.pure

RUN = 7


def said(number: int, digest: int = 1) -> NumberedMessage:
    """A message of a number with a digest."""
    return NumberedMessage("a-1", RUN, number, digest, 0, 1)


@given(st.lists(st.integers(0, 60)))
def test_ranges_are_the_numbers_in_any_order(numbers: list[int]) -> None:
    """None more, none less; ranges lie apart, in order."""
    ranges = NONE
    for number in numbers:
        ranges = with_numbers(ranges, [number])
    assert {number for low, high in ranges for number in range(low, high + 1)} == set(numbers)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(ranges))
    assert all(has(ranges, number) == (number in numbers) for number in range(62))


def test_what_is_whole_begins_with_0() -> None:
    """A sender that begins elsewhere has no number through which all is there."""
    assert [through(one) for one in (NONE, ((0, 4), (6, 9)), ((1, 4),))] == [-1, 4, -1]


def test_of_too_many_ranges_the_highest_are_forgotten() -> None:
    """They are sent again; the lowest are those that lead on."""
    ranges = with_numbers(NONE, range(0, 4 * MOST, 2))
    assert len(ranges) == MOST
    assert ranges[0] == (0, 0)


def test_the_same_number_with_other_bytes_is_another_message() -> None:
    """In one batch, and where the one before is remembered; the same bytes are the same message."""
    assert reused({}, [said(0), said(0), said(0, 2)]) == [said(0, 2)]
    state = after(RunState("a-1"), [FinishedMessage(0, 1, None), FinishedMessage(1, 1, None)])
    assert reused({RUN: state}, [said(0), said(1, 2), said(2, 9)]) == [said(1, 2)]


def test_of_what_is_not_remembered_the_number_decides() -> None:
    """The last hundred messages are."""
    state = after(RunState("a-1"), [FinishedMessage(number, 1, None) for number in range(REMEMBERED + 1)])
    assert reused({RUN: state}, [said(0, 2), said(1, 2)]) == [said(1, 2)]
    assert state.ranges == ((0, REMEMBERED),)


def test_a_refusal_is_remembered_until_its_message_is_stored() -> None:
    """When what it lacked is registered, it is sent again by who kept it."""
    state = after(RunState("a-1"), [FinishedMessage(0, 1, "unknown_sensor")])
    assert state.refused == {0: "unknown_sensor"}
    assert after(state, [FinishedMessage(0, 1, None)]).refused == {}


def test_the_place_of_what_the_door_refused_is_in_what_stays_of_it() -> None:
    """Of our own dialect, where it could be parsed; a sealed one has none, nor has a boot that is no digest."""
    boot, run = digest_of("boot", "a-1", "k3"), run_of("a-1", "boot", "k3")

    def refused(payload: bytes | None, dialect: str = "ours") -> RefusedPlace | None:
        return refused_place(Rejection(NOON, "sensors/a-1/data", dialect, "range", "", payload, "a-1"))

    payload = msgspec.json.encode({"boot": boot, "seq": 4, "readings": "<text 3>"})
    assert refused(payload) == RefusedPlace("a-1", run, 4, "range")
    assert refused(payload, "things_stack") is None
    assert refused(None) is refused(b"sealed abc") is None
    assert refused(msgspec.json.encode({"boot": "k3", "seq": 4})) is None
    assert refused(msgspec.json.encode({"boot": boot, "seq": -1})) is None


def test_a_damaged_header_names_nobody() -> None:
    """Its messages are sent again, and named by the header of another frame."""
    name, value = numbered_header([said(1), said(2)])
    assert numbered_in([("n", b"2"), (name, value)]) == [said(1), said(2)]
    assert numbered_in([(name, value[:-1])]) == numbered_in([(name, b"")]) == numbered_in([]) == []
