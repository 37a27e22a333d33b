"""Where to go on reading after an assignment: PostgreSQL is the offset store, and the log must agree with it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.domain.fencing import FenceError
from streams.epoch import epoch_of
from streams.retrying import patiently
from streams.sinks.timescale import Fence, Log, Store


class Extent(NamedTuple):
    """Which offsets a partition of the log holds: from `oldest` up to, not including, `end`."""

    oldest: int
    end: int


class Fences:
    """The fences of the topics that one worker reads."""

    def __init__(self, store: Store, logs: Iterable[Log]) -> None:
        self._store = store
        self._logs = {log.topic: log for log in logs}

    async def seek(self, topic: str, extents: Mapping[int, Extent]) -> dict[int, int]:
        """Give the offset at which each partition is read on; raise FenceError when the log is not the one we read."""
        log = self._logs[topic]
        oldest = {partition: extent.oldest for partition, extent in extents.items()}
        fences = await patiently(lambda: self._store.fences(log, oldest), self._store.drop)
        for partition, fence in fences.items():
            _agree(log, partition, fence, extents[partition])
        return {partition: fence.next_offset for partition, fence in fences.items()}


async def logs_of(kafka: str, topics: Iterable[str]) -> dict[str, Log]:
    """Find the epoch of each topic."""
    return {topic: Log(topic, await epoch_of(kafka, topic)) for topic in topics}


def _agree(log: Log, partition: int, fence: Fence, extent: Extent) -> None:
    if extent.oldest <= fence.next_offset <= extent.end:
        return
    lost = "its retention ran out" if fence.next_offset < extent.oldest else "it lost its tail"
    raise FenceError(
        f"{log.topic}/{partition}: the fence stands at {fence.next_offset},"
        f" the log holds {extent.oldest} to {extent.end} ({lost});"
        f" restore what is missing, then delete the fence rows of epoch {log.epoch!r}:"
        " everything is read again from the oldest offset, and stored once"
    )
