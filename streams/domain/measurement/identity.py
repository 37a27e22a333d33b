"""Which measurements there are after several messages: the same set, whatever their order and repetition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from streams.domain.sequence import Counts, Said, follow

UNNUMBERED: Final = -1
"""The number of what its sender does not number; its run is 0."""

Key: TypeAlias = tuple[str, int, int]


class SensorMeasurement(NamedTuple):
    """One value as it was sent, of an interval or, where both ends are equal, of a frame. Times are whole microseconds.

    `run` and `number` are its place in the sender's own sequence. It is `restated` where a message without a number
    stands over a numbered one. `decoded_at` is when a replay decoded it again, 0 where it was decoded as it came.
    """

    started_at: int
    ended_at: int
    value: float | None
    uptime: float
    quality_flags: int
    received_at: int
    run: int = 0
    number: int = UNNUMBERED
    restated: bool = False
    decoded_at: int = 0

    @property
    def is_frame(self) -> bool:
        """Return whether it states no interval of its own."""
        return self.started_at == self.ended_at

    @property
    def key(self) -> Key:
        """Return what it is the measurement of: the number of a frame, else its instant; the start of an interval."""
        if not self.is_frame:
            return ("interval", self.started_at, 0)
        return ("instant", self.ended_at, 0) if self.number == UNNUMBERED else ("number", self.run, self.number)


class MergedMeasurements(NamedTuple):
    """What messages changed: measurements that are `new`, those that are `gone`, and the outcome of each message.

    `refused` are those whose number another measurement has, with another value.
    """

    new: list[SensorMeasurement]
    gone: list[SensorMeasurement]
    refused: list[SensorMeasurement]
    counts: Counts


class _Settled(NamedTuple):
    existing: SensorMeasurement
    refused: list[SensorMeasurement]
    counts: Counts


def merge(
    existing: Iterable[SensorMeasurement], messages: Sequence[SensorMeasurement], starts: Mapping[int, int]
) -> MergedMeasurements:
    """Merge messages, in the order in which they came, with the measurements of the same keys that exist.

    `starts` says when the first message of each run was received.
    """
    before = {one.key: one for one in existing}
    by_key: dict[Key, list[SensorMeasurement]] = {}
    for message in messages:
        by_key.setdefault(message.key, []).append(message)
    after = MergedMeasurements([], [], [], Counts())
    for key, ones in by_key.items():
        stood = before.get(key)
        settled = _by_number(stood, ones) if key[0] == "number" else _by_time(stood, ones, starts)
        after.refused.extend(settled.refused)
        after = after._replace(counts=after.counts + settled.counts)
        if settled.existing != stood:
            after.new.append(settled.existing)
            after.gone.extend([] if stood is None else [stood])
    return after


def _by_number(stood: SensorMeasurement | None, messages: Sequence[SensorMeasurement]) -> _Settled:
    """Of one number the value that was received first stands, with the earliest time of all receptions.

    Each message is compared with what stands in the end, and one that is refused is handed back as it was received.
    What stood before, and does not any more, has the time with which it stood.
    """
    ones = _decoded_last([*([] if stood is None else [stood]), *messages])
    first, at = min(ones, key=_reception), min(one.ended_at for one in ones)
    refused = [one for one in ones if one.value != first.value]
    stored, corrections = (
        int(stood is None),
        int(stood is not None and stood not in ones and stood.value != first.value),
    )
    counts = Counts(stored, corrections, len(messages) - stored - corrections - len(refused))
    return _Settled(first._replace(started_at=at, ended_at=at), refused, counts)


def _decoded_last(ones: Sequence[SensorMeasurement]) -> list[SensorMeasurement]:
    """Return of each reception what was decoded of it last."""
    last: dict[int, int] = {}
    for one in ones:
        last[one.received_at] = max(one.decoded_at, last.get(one.received_at, 0))
    return [one for one in ones if one.decoded_at == last[one.received_at]]


def _reception(one: SensorMeasurement) -> tuple[int, bool, float, float, int]:
    return (one.received_at, one.value is None, one.value or 0.0, one.uptime, one.quality_flags)


def _by_time(
    stood: SensorMeasurement | None, messages: Sequence[SensorMeasurement], starts: Mapping[int, int]
) -> _Settled:
    """Of one interval, or one instant without a number, the newest message stands (`streams.domain.sequence`)."""
    before = None if stood is None else _said(stood, starts)
    after = follow(before, [_said(one, starts) for one in messages])
    if after.last is None or after.existing is None:
        assert stood is not None  # noqa: S101 - the first message about anything is stored
        return _Settled(stood, [], after.counts)
    winner, place = messages[after.last], after.existing
    number = UNNUMBERED if place.number is None else place.number
    existing = winner._replace(run=place.run or 0, number=number, restated=place.restated)
    return _Settled(existing, [], after.counts)


def _said(one: SensorMeasurement, starts: Mapping[int, int]) -> Said:
    content = (one.value, one.uptime, one.quality_flags)
    if one.number == UNNUMBERED:
        return Said(content, one.received_at, decoded_at=one.decoded_at)
    return Said(content, one.received_at, one.run, starts.get(one.run), one.number, one.restated, one.decoded_at)
