"""What has to be read to take messages in, and which rows of the grid they touch."""

from collections.abc import Iterable
from typing import NamedTuple

from streams.domain.datastreams import ValidDatastream
from streams.domain.measurement.grid import touched
from streams.domain.measurement.identity import MergedMeasurements, SensorMeasurement
from streams.domain.measurement.intervals import MeasuredInterval, intervals, rhythm


class ReadWindow(NamedTuple):
    """A piece of time, both ends included, in whole microseconds; measurements are found in it by their end."""

    low: int
    high: int


def around_measurements(ones: Iterable[SensorMeasurement], stream: ValidDatastream) -> list[ReadWindow]:
    """Return where everything lies that has to do with measurements, but the neighbours of totals."""
    reach = rhythm(stream).reach
    return _joined(ReadWindow(one.started_at - reach, one.ended_at + reach) for one in ones)


def around_rows(starts: Iterable[int], stream: ValidDatastream) -> list[ReadWindow]:
    """Return where everything lies of which rows of the grid are made, but the neighbours of totals."""
    lengths = rhythm(stream)
    return _joined(ReadWindow(start - lengths.reach, start + lengths.interval + lengths.reach) for start in starts)


def touched_rows(
    existing: Iterable[SensorMeasurement], merged: MergedMeasurements, stream: ValidDatastream
) -> set[int]:
    """Return the starts of rows of the grid in which an interval lies that came, went or changed.

    `existing` is all that was read around the messages: of what lies at its edges nothing changes.
    """
    before = set(existing)
    after = before.difference(merged.gone).union(merged.new)
    changed: set[MeasuredInterval] = set(intervals(before, stream)).symmetric_difference(intervals(after, stream))
    return {start for one in changed for start in touched(one, rhythm(stream).interval)}


def _joined(windows: Iterable[ReadWindow]) -> list[ReadWindow]:
    """Join windows that overlap, so that nothing is read twice and nothing between them that is of no interest."""
    joined: list[ReadWindow] = []
    for one in sorted(windows):
        if joined and one.low <= joined[-1].high:
            joined[-1] = ReadWindow(joined[-1].low, max(joined[-1].high, one.high))
        else:
            joined.append(one)
    return joined
