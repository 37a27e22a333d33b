"""Rows of the grid: whatever the order and the drift, the sum is what was sent, and each moment is covered once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.observation import Observation
from schemas.quality_flags import FEW_SAMPLES, OUT_OF_RANGE, RECEIVED_TIME
from streams.domain.assignment import assign
from streams.domain.datastreams import ValidDatastream, registry
from streams.domain.measurement.changes import around_measurements, around_rows, touched_rows
from streams.domain.measurement.grid import GridRow, grid
from streams.domain.measurement.identity import SensorMeasurement, merge
from streams.domain.measurement.intervals import SECOND, intervals
from streams.sinks.columns import columns
from streams.sinks.measurement_rows import messages
from tests.streams.measurements import START, frame, rows, sampled, stated, total
from tests.streams.observations import NOON, QUARTER, seen

pytestmark = pytest.mark.pure

drifting = st.tuples(
    st.integers(-900, 900), st.lists(st.tuples(st.integers(540, 660), st.integers(0, 1300)), min_size=1, max_size=40)
)
"""A start, and frames: how many seconds after the one before each came, and what it counted."""


def sent(drift: tuple[int, list[tuple[int, int]]]) -> list[SensorMeasurement]:
    """Make the frames of a counter of ten minutes that drifts."""
    at, ones = drift
    made = []
    for number, (gap, count) in enumerate(ones):
        at += gap
        made.append(frame(count, at, number))
    return made


def test_a_radar_that_drifts_keeps_all_that_it_counted() -> None:
    """40, 25 and 33 in ten minutes each: on quarters, and on its own ten minutes."""
    ones = [frame(40, 4201), frame(25, 4799), frame(33, 5398)]
    assert rows(ones, sampled(every=600)) == {3600: (40, 0.999, 0), 4500: (58, 0.998, 0)}
    tens = sampled(interval=timedelta(minutes=10), seconds=600)
    assert rows(ones, tens) == {3600: (40, 0.998, 0), 4200: (25, 1, 0), 4800: (33, 0.997, 0)}


def test_a_row_with_two_frames_and_one_with_none() -> None:
    """Hours are right to the frame; the row without a middle was covered, so it is a zero and no gap."""
    ones = [frame(3, 900), frame(5, 2240), frame(4, 3580), frame(2, 3600)]
    assert rows(ones, sampled(every=900)) == {0: (3, 1, 0), 900: (5, 1, 0), 1800: (0, 1, 0), 2700: (6, 1, 0)}


@pytest.mark.parametrize(("until", "row"), [(1349, None), (1350, (0, 0.5, 0))])
def test_half_of_a_row_must_be_covered_to_be_a_zero(until: int, row: tuple[float, float, int] | None) -> None:
    """Less than that is a gap, not a zero; the middle of this interval lies in the row before."""
    assert rows([stated(7, 0, until)], sampled()).get(900) == row


def test_unequal_intervals_are_all_counted() -> None:
    """Five, four and five minutes of a counter of five: 15 in all, and the minute between was not covered."""
    fives = sampled(interval=timedelta(minutes=5), seconds=300)
    ones = [stated(4, 1200, 1500), stated(6, 1500, 1740), stated(5, 1800, 2100)]
    assert rows(ones, fives) == {1200: (4, 1, 0), 1500: (6, 0.8, 0), 1800: (5, 1, 0)}


def test_intervals_beside_the_grid_of_fives() -> None:
    """From 3:17 on: each belongs where its middle lies."""
    fives = sampled(interval=timedelta(minutes=5), seconds=300)
    assert rows([stated(4, 197, 497), stated(6, 497, 797)], fives) == {300: (4, 1, 0), 600: (6, 0.657, 0)}


def test_an_excluded_frame_takes_no_part_and_is_kept_where_it_is_alone() -> None:
    """Neither its value nor its time; and no zero is made of it."""
    ones = [frame(3, 300), frame(-65_530, 600), frame(4, 900), frame(-65_530, 1800)]
    assert rows(ones, sampled(every=300)) == {0: (7, 0.667, 0), 900: (-65_530, 0.333, OUT_OF_RANGE)}
    assert rows([frame(None, 900)], sampled()) == {0: (None, 1, 0)}
    assert rows([frame(5, 900), frame(None, 1800), frame(6, 2300)], sampled(every=900))[900] == (None, 1, 0)


def test_flags_are_those_of_what_was_added_up() -> None:
    """Not of a frame that only reaches into the row."""
    ones = [frame(1, 905), frame(2, 1805, quality_flags=RECEIVED_TIME)]
    assert rows(ones, sampled()) == {0: (1, 0.994, 0), 900: (2, 1, RECEIVED_TIME)}


def test_overlapping_intervals_cover_each_moment_once() -> None:
    """By the one with the most uptime."""
    ones = [stated(1, 0, 900, uptime=0.5), stated(2, 180, 630), stated(3, 360, 540, uptime=0.25)]
    assert rows(ones, sampled()) == {0: (6, 0.75, 0)}


@pytest.mark.parametrize(("taken", "flags"), [(3, 0), (2, FEW_SAMPLES), (4, 0), (5, 0)])
def test_samples_are_averaged_and_three_quarters_of_them_are_needed(taken: int, flags: int) -> None:
    """A thermometer of five minutes on a grid of twenty."""
    of = sampled("sample", 300, interval=timedelta(minutes=20), seconds=1200, low=-40.0, high=60.0)
    ones = [frame(10 + number, 1200 + 200 * number) for number in range(taken)]
    expected = 10 + (taken - 1) / 2
    assert rows(ones, of) == {1200: (expected, min(1, taken / 4), flags)}


def test_an_implausible_sample_takes_no_part() -> None:
    """It is not expected less, either."""
    of = sampled("sample", 450, low=-40.0, high=60.0)
    assert rows([frame(10, 0), frame(999, 450)], of) == {0: (10, 0.5, FEW_SAMPLES)}


def test_means_of_stated_intervals_are_weighted_by_the_time_that_they_cover() -> None:
    """A mean is of every moment of its interval, so it is shared out."""
    of = sampled("sample")
    assert rows([stated(10, -450, 450), stated(30, 450, 1050)], of) == {-900: (10, 0.5, 0), 0: (20, 1, 0)}


@given(drifting)
def test_the_sum_of_the_grid_is_the_sum_of_what_was_sent(drift: tuple[int, list[tuple[int, int]]]) -> None:
    """Always; and no row is covered more than whole."""
    for of in (sampled(every=600), sampled(interval=timedelta(minutes=10), seconds=600)):
        ones = sent(drift)
        assert total(ones, of) == sum(count for _, count in drift[1])
        assert all(0 < row.uptime <= 1 for row in grid(intervals(ones, of), of).values())


@given(drifting)
def test_rows_are_what_a_count_by_the_second_says(drift: tuple[int, list[tuple[int, int]]]) -> None:
    """Another account of the same rule: seconds in a set, middles by hand."""
    ones, of = sent(drift), sampled(every=600)
    seconds: dict[int, set[int]] = {}
    values: dict[int, int] = {}
    before = None
    for one in ones:
        at = (one.ended_at - START) // SECOND
        start = at - 600 if before is None else before
        before = at
        for second in range(start, at):
            seconds.setdefault(second // 900 * 900, set()).add(second)
        middle = int((start + at) / 2 // 900 * 900)
        values[middle] = values.get(middle, 0) + int(one.value or 0)
    expected = {
        row: (values.get(row, 0), round(len(each) / 900, 3), 0)
        for row, each in sorted(seconds.items())
        if row in values or len(each) >= 450
    }
    assert rows(ones, of) == expected


@given(drifting, st.data())
def test_order_repetition_and_batches_do_not_change_the_grid(
    drift: tuple[int, list[tuple[int, int]]], data: st.DataObject
) -> None:
    """Batch after batch, only touched rows are derived anew, from what lies around them: the table ends the same."""
    ones = sent(drift)
    rule = data.draw(st.sampled_from(["increment", "cumulative", "sample"]))
    gap, bits = data.draw(st.sampled_from(["missing", "whole"])), data.draw(st.sampled_from([8, 16]))
    of = sampled(rule, 600, gap=gap, bits=bits, restart="counts")
    arriving = data.draw(st.permutations([*ones, *data.draw(st.lists(st.sampled_from(ones), max_size=5))]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(arriving)), max_size=4)))
    existing: set[SensorMeasurement] = set()
    table: dict[int, GridRow] = {}
    for start, end in zip([0, *cuts], [*cuts, len(arriving)], strict=True):
        existing = _store(arriving[start:end], existing, table, of)
    assert existing == set(merge([], ones, {}).new)
    assert table == grid(intervals(existing, of), of)


def _store(
    batch: list[SensorMeasurement], existing: set[SensorMeasurement], table: dict[int, GridRow], of: ValidDatastream
) -> set[SensorMeasurement]:
    """Take a batch in as the sink does: what is known of the rest is only what the windows show."""
    numbers = {one.key for one in batch}
    same = [one for one in existing if one.key in numbers]
    known = _seen(existing, around_measurements([*batch, *same], of), of) | set(same)
    merged = merge(known, batch, {})
    existing = (existing - set(merged.gone)) | set(merged.new)
    starts = touched_rows(known, merged, of)
    derived = grid(intervals(_seen(existing, around_rows(starts, of), of), of), of)
    for start in starts:
        table.pop(start, None)
        if start in derived:
            table[start] = derived[start]
    return existing


def _seen(
    existing: set[SensorMeasurement], windows: Sequence[tuple[int, int]], of: ValidDatastream
) -> set[SensorMeasurement]:
    """Give what a reader of these windows sees; of totals also the neighbours of each."""
    found: set[SensorMeasurement] = set()
    for low, high in windows:
        found |= {one for one in existing if low <= one.ended_at <= high}
        if of.rule.sampling == "cumulative":
            valid = [one.ended_at for one in existing if one.value is not None and one.value < 2**of.rule.bits]
            beside = {
                max((at for at in valid if at < low), default=0),
                min((at for at in valid if at > high), default=0),
            }
            found |= {one for one in existing if one.ended_at in beside}
    return found


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.0, 3.0, 2000.0, 2001.0, -1.0, None])), max_size=20))
def test_frames_exactly_on_the_grid_give_the_rows_that_stated_quarters_give(
    ones: list[tuple[int, float | None]],
) -> None:
    """On the grid nothing changes."""
    of = sampled()
    quarters = dict(ones)
    frames = [frame(value, 900 * number) for number, value in quarters.items()]
    expected = {
        900.0 * (number - 1): (value, 1, 0 if value is None or 0 <= value <= 2000 else OUT_OF_RANGE)
        for number, value in sorted(quarters.items())
    }
    assert rows(frames, of) == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from([0.0, 3.5, 2001.0, None]), st.floats(0, 1, width=32)),
        max_size=20,
        unique_by=lambda one: one[0],
    ),
    st.sampled_from(["increment", "sample"]),
)
def test_what_was_stored_on_the_grid_is_derived_as_it_stood(
    ones: list[tuple[int, float | None, float]], sampling: str
) -> None:
    """Value, uptime and flags of an observation are the same, whether it is taken along as a measurement or not."""
    of = sampled(sampling)
    said = [seen(value, quarter=quarter, uptime=uptime) for quarter, value, uptime in ones]
    accepted = assign(said, registry([of])).accepted
    if not said:
        return
    found = grid(intervals(messages(columns(accepted))[of.datastream], of), of)
    expected = {
        (_quarter(one), one.value, round(one.uptime, 6), flags)
        for one, flags in zip(accepted.seen, accepted.quality_flags, strict=True)
    }
    assert {(row.started_at, row.value, round(row.uptime, 6), row.quality_flags) for row in found.values()} == expected


def _quarter(one: Observation) -> int:
    return START + (one.started_at - NOON) // QUARTER * 900 * SECOND
