"""Which messages are one measurement, and that neither order nor repetition nor batches decide it."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.measurement.identity import UNNUMBERED, MergedMeasurements, SensorMeasurement, merge
from streams.domain.sequence import Counts
from tests.streams.measurements import frame, stated

pytestmark = pytest.mark.pure

frames = st.lists(
    st.builds(
        frame,
        value=st.sampled_from([1.0, 2.0, None]),
        at=st.integers(0, 6).map(lambda part: part * 300),
        number=st.integers(0, 3),
        received_at=st.integers(0, 20),
        run=st.just(1),
    ),
    min_size=1,
    max_size=8,
)


def merged(batches: list[list[SensorMeasurement]], starts: dict[int, int] | None = None) -> set[SensorMeasurement]:
    """Merge batch after batch."""
    existing: set[SensorMeasurement] = set()
    for batch in batches:
        one = merge(existing, batch, starts or {1: 0, 2: 100})
        assert set(one.gone) <= existing
        existing = (existing - set(one.gone)) | set(one.new)
    return existing


def test_one_frame_received_twice_is_one_measurement_at_the_earlier_time() -> None:
    """48 s apart, over the end of a quarter: the network took the time of the second reception."""
    first, again = frame(50, 880, 300), frame(50, 928, 300)
    for order in permutations((first, again)):
        assert {(one.ended_at, one.value) for one in merged([list(order)])} == {(first.ended_at, 50)}
    assert merge([first], [again], {}) == MergedMeasurements([], [], [], Counts(duplicates=1))


def test_two_numbers_are_two_measurements_whatever_their_time() -> None:
    """Even at one instant, and even with one value."""
    assert len(merged([[frame(4, 0, 1), frame(4, 0, 2), frame(4, 0, 1, run=2)]])) == 3


def test_the_same_number_with_another_value_is_refused() -> None:
    """What was received first stands; the later message is handed back."""
    first, other = frame(5, 0, 7), frame(6, 900, 7)
    assert merge([first], [other], {}) == MergedMeasurements([], [], [other], Counts())
    assert merge([], [first, other], {}) == MergedMeasurements([first], [], [other], Counts(stored=1))
    before = merge([other], [first], {})
    assert (before.new, before.gone, before.refused, before.counts) == ([first], [other], [other], Counts())


def test_frames_without_a_number_are_told_apart_by_their_instant() -> None:
    """At one instant the later reception is a correction."""
    first, later = frame(5, 0, received_at=1), frame(6, 0, received_at=2)
    outcome = merge([], [first, later, frame(7, 1)], {})
    assert sorted(one.value or 0 for one in outcome.new) == [6, 7]
    assert outcome.counts == Counts(stored=2, corrections=1)


def test_of_a_stated_interval_the_senders_order_decides() -> None:
    """Its start is what it is about: a later message may end it elsewhere."""
    first, later = stated(5, 180, 480, run=1, number=1), stated(6, 180, 420, run=1, number=2)
    assert merged([[later], [first]]) == merged([[first, later]]) == {later}


def test_what_restated_a_numbered_interval_keeps_its_place() -> None:
    """So the message that it restated cannot undo it when it comes again."""
    first = stated(5, 180, 480, run=1, number=1)
    import_ = stated(9, 180, 480, received_at=first.received_at + 1)
    again = first._replace(received_at=import_.received_at + 1)
    (existing,) = merged([[first], [import_], [again]])
    assert (existing.value, existing.run, existing.number, existing.restated) == (9, 1, 1, True)


def test_a_number_is_compared_with_what_stands_in_the_end() -> None:
    """A second reception of what stands is a duplicate, and another value is refused as it was received.

    So it is in every order, whatever stands between.
    """
    other, first, again = frame(6, 1800, 7, received_at=800), frame(5, 700, 7, received_at=700), frame(5, 900, 7)
    for order in permutations((other, again, first)):
        assert merge([], order, {}) == MergedMeasurements([first], [], [other], Counts(stored=1, duplicates=1))


@given(frames, st.data())
def test_any_order_in_one_batch_has_the_same_outcome(ones: list[SensorMeasurement], data: st.DataObject) -> None:
    """What is new, what is refused, and how each message counts."""
    shuffled, sent = (merge([], each, {}) for each in (data.draw(st.permutations(ones)), ones))
    assert set(shuffled.new) == set(sent.new)
    assert sorted(map(repr, shuffled.refused)) == sorted(map(repr, sent.refused))
    assert shuffled.counts == sent.counts
    assert not [one for one in sent.refused if one not in ones]


@given(frames, st.data())
def test_whatever_the_batches_every_frame_is_counted_or_refused(
    ones: list[SensorMeasurement], data: st.DataObject
) -> None:
    """Once, also where a later batch puts another value in the place of one that was stored."""
    cut = data.draw(st.integers(0, len(ones)))
    first = merge([], ones[:cut], {})
    second = merge(first.new, ones[cut:], {})
    assert sum(first.counts + second.counts) + len(first.refused) + len(second.refused) == len(ones)
    assert (first.counts + second.counts).stored == len({one.number for one in ones})


@given(frames, st.data())
def test_any_order_and_batching_of_numbered_frames_gives_the_same_set(
    ones: list[SensorMeasurement], data: st.DataObject
) -> None:
    """Delivered again, shuffled and cut anywhere; numbers are reused with other values, too."""
    sent = data.draw(st.permutations([*ones, *data.draw(st.lists(st.sampled_from(ones), max_size=4))]))
    cut = data.draw(st.integers(0, len(sent)))
    assert merged([sent[:cut], sent[cut:]]) == merged([ones])


@given(frames)
def test_every_frame_is_counted_or_refused(ones: list[SensorMeasurement]) -> None:
    """Exactly once, and a number has one measurement."""
    outcome = merge([], ones, {})
    assert sum(outcome.counts) + len(outcome.refused) == len(ones)
    assert len(outcome.new) == outcome.counts.stored == len({one.number for one in ones})


@pytest.mark.parametrize("number", [UNNUMBERED, 7])
def test_of_one_reception_what_was_decoded_last_is_the_measurement(number: int) -> None:
    """A number that is decoded again is not used again: the value is corrected, once."""
    first = frame(5, 0, number)
    again, twice = (first._replace(value=50, decoded_at=at) for at in (8, 9))
    assert merge([first], [again], {}) == MergedMeasurements([again], [first], [], Counts(corrections=1))
    assert merge([again], [twice], {}) == MergedMeasurements([twice], [again], [], Counts(duplicates=1))
    assert merge([again], [first], {}).new == []


def test_a_frame_whose_time_was_decoded_wrong_moves() -> None:
    """To a later time as well, which a second reception would not do."""
    wrong = frame(5, 0, 7)
    right = frame(5, 3600, 7)._replace(received_at=wrong.received_at, decoded_at=8)
    assert merge([wrong], [right], {}) == MergedMeasurements([right], [wrong], [], Counts(duplicates=1))


def test_another_reception_of_a_number_is_compared_with_what_was_decoded_last() -> None:
    """It says again what was corrected, as it was decoded before: refused, as it would have been."""
    first, later = frame(5, 0, 7), frame(5, 900, 7)
    again = first._replace(value=50, decoded_at=8)
    outcome = merge([again], [later], {})
    assert (outcome.refused, outcome.counts) == ([later], Counts())
