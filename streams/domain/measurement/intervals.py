"""From measurements to measured intervals: of increments, running totals and samples, by the rule of a datastream."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.quality_flags import DST_MERGED, EXCLUDING, GAP_WHOLE, OUT_OF_RANGE, RESTARTED
from streams.domain.datastreams import ValidDatastream
from streams.domain.measurement.identity import SensorMeasurement

SECOND: Final = 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class MeasuredInterval(NamedTuple):
    """A value of one measured interval, or of one instant where both ends are equal; times are whole microseconds."""

    started_at: int
    ended_at: int
    value: float | None
    uptime: float
    quality_flags: int
    received_at: int

    @property
    def middle(self) -> int:
        """Return the middle, which decides to which interval of the grid the value belongs."""
        return (self.started_at + self.ended_at) // 2

    @property
    def counts(self) -> bool:
        """Return whether it counts in a sum and in the coverage, as `doorfiets.counts` says."""
        return self.value is not None and self.uptime > 0 and not self.quality_flags & EXCLUDING


class Rhythm(NamedTuple):
    """The lengths of a datastream in microseconds: of one interval of its grid, and between two frames."""

    interval: int
    every: int

    def follows(self, length: int) -> bool:
        """Return whether a frame comes so soon after the one before that none was lost between."""
        return 2 * length <= 3 * self.every

    @property
    def reach(self) -> int:
        """Return how far around a frame anything can lie that has to do with it, but the neighbours of a total."""
        return 3 * max(self.interval, self.every)


def rhythm(stream: ValidDatastream) -> Rhythm:
    """Return the lengths of a datastream; one that says no rhythm of its own speaks once an interval."""
    return Rhythm(stream.seconds * SECOND, (stream.rule.every or stream.seconds) * SECOND)


def intervals(measurements: Iterable[SensorMeasurement], stream: ValidDatastream) -> list[MeasuredInterval]:
    """Return the intervals of all measurements of one piece of time, in no order.

    What was sent with an interval stands over frames: one of frames whose middle lies in it gives way.
    """
    ones = list(measurements)
    stated = [_stated(one, stream) for one in ones if not one.is_frame]
    frames = sorted((one for one in ones if one.is_frame), key=_order)
    return [*stated, *_beside(_DERIVED[stream.rule.sampling](frames, stream), stated)]


def _order(one: SensorMeasurement) -> tuple[int, int, int, int]:
    return (one.ended_at, one.number, one.received_at, one.run)


def _beside(derived: Iterable[MeasuredInterval], stated: Sequence[MeasuredInterval]) -> Iterator[MeasuredInterval]:
    """Return what does not lie in a stated interval that counts."""
    firm = sorted(one for one in stated if one.counts)
    starts = [one.started_at for one in firm]
    longest = max((one.ended_at - one.started_at for one in firm), default=0)
    for one in derived:
        place = bisect_right(starts, one.middle)
        around = firm[bisect_right(starts, one.middle - longest) : place]
        if not any(one.middle < other.ended_at for other in around):
            yield one


def _stated(one: SensorMeasurement, stream: ValidDatastream) -> MeasuredInterval:
    length = one.ended_at - one.started_at
    return _interval(one, one.started_at, one.value, one.quality_flags | _out_of_range(one.value, length, one, stream))


def _interval(one: SensorMeasurement, started_at: int, value: float | None, quality_flags: int) -> MeasuredInterval:
    return MeasuredInterval(started_at, one.ended_at, value, one.uptime, quality_flags, one.received_at)


def _out_of_range(value: float | None, length: int, one: SensorMeasurement, stream: ValidDatastream) -> int:
    """Return the flag where a value is not plausible: of a count by its length, of a mean whatever it is."""
    if value is None:
        return 0
    part = 1.0 if stream.rule.sampling == "sample" else length / (stream.seconds * SECOND)
    high = stream.high * 2 if one.quality_flags & DST_MERGED else stream.high
    return 0 if stream.low * part <= value <= high * part else OUT_OF_RANGE


def _samples(frames: Sequence[SensorMeasurement], stream: ValidDatastream) -> Iterator[MeasuredInterval]:
    for one in frames:
        yield _interval(one, one.started_at, one.value, one.quality_flags | _out_of_range(one.value, 0, one, stream))


def _increments(frames: Sequence[SensorMeasurement], stream: ValidDatastream) -> Iterator[MeasuredInterval]:
    """A count is of the time since the frame before; where that is too long ago, of as long as the sensor speaks.

    It is plausible by the rhythm of the sensor at least: what was delayed on its way comes shortly before the next.
    """
    rate, valid_from = rhythm(stream), microseconds_of(stream.valid_from)
    before: int | None = None
    for at, ones in groupby(frames, key=lambda one: one.ended_at):
        length = rate.every if before is None or not rate.follows(at - before) else at - before
        before = at
        for one in ones:
            flags = one.quality_flags | _out_of_range(one.value, max(length, rate.every), one, stream)
            yield _interval(one, max(at - length, valid_from), one.value, flags)


def _totals(frames: Sequence[SensorMeasurement], stream: ValidDatastream) -> Iterator[MeasuredInterval]:
    """Of two totals that follow each other the difference counts; of several of one instant the last is the total."""
    totals = {one.ended_at: one for one in frames if is_total(one, stream)}
    for before, one in pairwise(totals.values()):
        yield from _difference(before, one, stream)
    every = rhythm(stream).every
    for one in frames:
        if not is_total(one, stream):
            flags = one.quality_flags if one.value is None else one.quality_flags | OUT_OF_RANGE
            yield _interval(one, one.ended_at - every, None, flags)


def is_total(one: SensorMeasurement, stream: ValidDatastream) -> bool:
    """Return whether a frame holds a total that counts: of a register, a number that fits into it."""
    if one.value is None or one.quality_flags & EXCLUDING:
        return False
    return one.value >= 0 and (not stream.rule.bits or one.value < 2**stream.rule.bits)


def _difference(
    before: SensorMeasurement, one: SensorMeasurement, stream: ValidDatastream
) -> Iterator[MeasuredInterval]:
    """What was counted between two totals: nothing where that is not known.

    Over a gap it lies on the middle, and covers less than half of any other interval of the grid: there was no zero.
    """
    rate, length = rhythm(stream), one.ended_at - before.ended_at
    lost = not rate.follows(length)
    counted = _counted(before, one, stream)
    if counted is None or (lost and stream.rule.gap == "missing"):
        return
    value, flags = counted
    flags |= one.quality_flags | (GAP_WHOLE if lost else 0) | _out_of_range(value, max(length, rate.every), one, stream)
    middle, half = (before.ended_at + one.ended_at) // 2, (min(rate.every, rate.interval) - 1) // 2
    start, end = (middle - half, middle + half) if lost else (before.ended_at, one.ended_at)
    yield MeasuredInterval(start, end, value, one.uptime, flags, one.received_at)


def _counted(before: SensorMeasurement, one: SensorMeasurement, stream: ValidDatastream) -> tuple[float, int] | None:
    """Return the count between two totals and its flag; None after a restart whose count is not known.

    A register has rolled over only where no frame was lost: of a longer time almost any difference is plausible.
    """
    assert before.value is not None and one.value is not None  # noqa: S101, PT018 - both are totals
    difference = one.value - before.value
    if difference >= 0:
        return difference, 0
    rolled, length = difference + 2**stream.rule.bits, one.ended_at - before.ended_at
    follows = rhythm(stream).follows(length)
    if stream.rule.bits and follows and not _out_of_range(rolled, length, one, stream):
        return rolled, 0
    return (one.value, RESTARTED) if stream.rule.restart == "counts" else None


def microseconds_of(instant: datetime) -> int:
    """Return an aware instant in whole microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


_DERIVED: Final[Mapping[str, Callable[[Sequence[SensorMeasurement], ValidDatastream], Iterator[MeasuredInterval]]]] = (
    MappingProxyType({"increment": _increments, "cumulative": _totals, "sample": _samples})
)
