"""Which records of a batch are new, given the fence: none twice, and none after a gap in the offsets."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Record(NamedTuple):
    """One record of Kafka, as it was consumed."""

    partition: int
    offset: int
    value: bytes | None
    headers: list[tuple[str, bytes]]


class FenceError(Exception):
    """The log and the fence disagree; nothing was stored. Compare table `fence` with the topic before going on."""


class Beyond(NamedTuple):
    """The records at or above the fence, in order, and the fence after they are stored."""

    records: list[Record]
    fence: dict[int, int]


def beyond(fence: Mapping[int, int], records: Iterable[Record]) -> Beyond:
    """Drop the records below the fence; raise FenceError when an offset was skipped or a partition has no fence."""
    moved = dict(fence)
    taken = []
    for record in records:
        expected = moved.get(record.partition)
        if expected is None or record.offset > expected:
            raise FenceError(f"partition {record.partition}: offset {record.offset} arrived, {expected} was due")
        if record.offset == expected:
            taken.append(record)
            moved[record.partition] = expected + 1
    return Beyond(taken, moved)
