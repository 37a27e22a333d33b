"""What a sender said last stands, whatever is sent again and in whatever order it arrives."""

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.sequence import Counts, Followed, Said, follow, newer

pytestmark = pytest.mark.pure

numbers = st.tuples(st.integers(1, 3), st.integers(0, 4))
"""A run, that was first seen at the moment of the same name, and a number in it."""


def said(value: float, at: int, run: int | None = None, number: int | None = None) -> Said:
    """Make a message that was received at this moment."""
    return Said((value, 1.0, 0), at, run, run, number)


def of(place: tuple[int, int], at: int) -> Said:
    """Make the message of this place in its sender's sequence: its value is its place."""
    run, number = place
    return said(10 * run + number, at, run, number)


A, B, C = ((1, number) for number in (1, 2, 3))


@pytest.mark.parametrize("sent", [(A, B), (A, B, C)])
def test_whatever_is_sent_again_and_in_any_order_the_last_stands(sent: tuple[tuple[int, int], ...]) -> None:
    """A sender says A, then B, perhaps C; between any two steps a line is cut, and all or part of it comes again."""
    for arriving in set(permutations(sent * 2)):
        after = follow(None, [of(place, at) for at, place in enumerate(arriving)])
        assert after.existing is not None
        assert after.existing.content == of(sent[-1], 0).content


@given(st.lists(numbers, min_size=1, max_size=12), st.data())
def test_of_numbered_messages_the_last_in_the_senders_order_stands(
    places: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Over restarts too; when each was received is of no interest."""
    moments = data.draw(st.permutations(range(len(places))))
    after = follow(None, [of(place, at) for place, at in zip(places, moments, strict=True)])
    assert after.existing is not None
    assert (after.existing.run, after.existing.number) == max(places)


@given(st.permutations(range(6)))
def test_of_messages_without_a_number_the_last_received_stands(moments: list[int]) -> None:
    """In whatever order they are read from the log."""
    after = follow(None, [said(at % 3, at) for at in moments])
    assert after.existing is not None
    assert after.existing.received_at == 5


mixed = st.lists(st.one_of(st.none(), numbers), min_size=1, max_size=12)


@given(mixed)
def test_a_restatement_stands_until_the_sender_says_something_newer(places: list[tuple[int, int] | None]) -> None:
    """Of what is numbered the newest, with its first reception; of the rest the last; of these two the later."""
    messages = [said(-at, at) if place is None else of(place, at) for at, place in enumerate(places)]
    numbered = [place for place in places if place is not None]
    first = places.index(max(numbered)) if numbered else -1
    last = max((at for at, place in enumerate(places) if place is None), default=-1)
    after = follow(None, messages)
    assert after.existing is not None
    assert after.existing.content == messages[max(first, last)].content


@given(mixed, st.integers(0, 12))
def test_it_does_not_matter_where_a_batch_ends(places: list[tuple[int, int] | None], cut: int) -> None:
    """What stands and what is counted are the same."""
    messages = [said(at % 3, at) if place is None else of(place, at) for at, place in enumerate(places)]
    whole, before = follow(None, messages), follow(None, messages[:cut])
    after = follow(before.existing, messages[cut:])
    assert (after.existing, before.counts + after.counts) == (whole.existing, whole.counts)
    assert sum(whole.counts) == len(messages)


@pytest.mark.parametrize(
    ("messages", "counts"),
    [
        ([of(A, 1), of(B, 2)], Counts(stored=1, corrections=1)),
        ([of(B, 1), of(A, 2)], Counts(stored=1, overtaken=1)),
        ([of(A, 1), of(A, 2)], Counts(stored=1, duplicates=1)),
        ([of(A, 1), of(B, 2), of(A, 3)], Counts(stored=1, corrections=1, overtaken=1)),
        ([of(A, 1), of(A, 2)._replace(content=(9, 1.0, 0))], Counts(stored=1, duplicates=1)),
        ([of(A, 1), said(7, 2), of(A, 3)], Counts(stored=1, corrections=1, duplicates=1)),
        ([said(5, 1), said(6, 2), said(5, 3)], Counts(stored=1, corrections=2)),
        ([said(5, 2), said(5, 1)], Counts(stored=1, duplicates=1)),
        ([said(5, 2), said(6, 1)], Counts(stored=1, overtaken=1)),
        ([said(5, 2), said(6, 2)], Counts(stored=1, overtaken=1)),
    ],
)
def test_every_message_is_one_of_four(messages: list[Said], counts: Counts) -> None:
    """Stored, a correction, a duplicate, or overtaken; the same number is the same message."""
    assert follow(None, messages).counts == counts


def test_a_run_is_as_old_as_its_first_message() -> None:
    """A frame of the old boot that comes again after the new boot has spoken is older, whatever its number."""
    old, new = said(5, 9, run=7, number=99)._replace(run_at=1), said(6, 8, run=3, number=0)._replace(run_at=5)
    assert newer(new, old)
    assert not newer(old, new)


def test_what_was_received_before_a_restatement_does_not_undo_it() -> None:
    """Read late from the log, it is newer than what its sender said before, and older than what was restated since."""
    late = of(B, 5)
    assert follow(None, [of(A, 9), late]).existing == late
    restated = follow(None, [of(A, 1), said(7, 9), late]).existing
    assert restated is not None
    assert restated.content == said(7, 9).content
    assert follow(restated, [of(C, 10)]).existing == of(C, 10)


def test_nothing_new_leaves_what_stood() -> None:
    """Which message made it so is said only where one did."""
    before_it = of(B, 1)
    assert follow(before_it, [of(A, 2)]) == Followed(before_it, None, Counts(overtaken=1))
    assert follow(before_it, [of(A, 2), of(C, 3)]).last == 1


@given(st.lists(st.one_of(st.none(), numbers), min_size=2, max_size=2), st.integers(0, 3), st.integers(0, 3))
def test_of_two_at_most_one_is_newer(places: list[tuple[int, int] | None], first: int, second: int) -> None:
    """Else they would take turns."""
    one, other = (
        said(1, at) if place is None else of(place, at) for place, at in zip(places, (first, second), strict=True)
    )
    assert Counter([newer(one, other), newer(other, one)])[True] <= 1


@pytest.mark.parametrize("first", [said(5, 3), of(B, 3)])
def test_of_one_reception_what_was_decoded_last_stands(first: Said) -> None:
    """A corrected dialect reads the same message again: once is a correction, twice changes nothing."""
    again, twice = (first._replace(content=(50.0, 1.0, 0), decoded_at=at) for at in (8, 9))
    after = follow(first, [again, twice])
    assert (after.existing, after.counts) == (twice, Counts(corrections=1, duplicates=1))
    assert follow(twice, [first, again]).existing == twice


@pytest.mark.parametrize("later", [said(6, 4), of(C, 4)])
def test_a_decoding_is_no_newer_reception(later: Said) -> None:
    """A message that was corrected since is not brought back by reading the log again, whenever that is."""
    decoded = said(50, 3)._replace(decoded_at=9)
    assert newer(later, decoded)
    assert not newer(decoded, later)
    assert follow(later, [decoded]).existing == later
