"""The offsets from which consumption goes on after an assignment: read from PostgreSQL and compared with the log."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.domain.fence import FenceError
from streams.epoch import epoch_of
from streams.frames import frames_at
from streams.retries import patiently
from streams.sinks.observation_store import Fence, ObservationStore, TopicEpoch


class Extent(NamedTuple):
    """The offsets that a partition holds: from `oldest` up to, not including, `end`."""

    oldest: int
    end: int


class Fences:
    """The fences of the topics that one worker consumes."""

    def __init__(self, store: ObservationStore, logs: Iterable[TopicEpoch], kafka: str) -> None:
        self._store = store
        self._logs = {log.topic: log for log in logs}
        self._kafka = kafka

    async def seek(self, topic: str, extents: Mapping[int, Extent]) -> dict[int, int]:
        """Return the next offset of each partition; raise FenceError when the log is not the one that was consumed."""
        log = self._logs[topic]
        oldest = {partition: extent.oldest for partition, extent in extents.items()}
        fences = await patiently(lambda: self._store.fences(log, oldest), self._store.drop)
        for partition, fence in fences.items():
            _agree(log, partition, fence, extents[partition])
        await self._compare(log, fences, oldest)
        return {partition: fence.next_offset for partition, fence in fences.items()}

    async def _compare(self, log: TopicEpoch, fences: Mapping[int, Fence], oldest: Mapping[int, int]) -> None:
        """Compare the frame that was stored last with the one at that offset, unless retention deleted it."""
        read = {
            partition: fence.next_offset - 1
            for partition, fence in fences.items()
            if fence.frame is not None and fence.next_offset > oldest[partition]
        }
        for partition, frame in (await frames_at(self._kafka, log.topic, read)).items():
            _same(log, partition, fences[partition], frame)


async def logs_of(kafka: str, topics: Iterable[str]) -> dict[str, TopicEpoch]:
    """Return each topic with its epoch."""
    return {topic: TopicEpoch(topic, await epoch_of(kafka, topic)) for topic in topics}


def _agree(log: TopicEpoch, partition: int, fence: Fence, extent: Extent) -> None:
    if extent.oldest <= fence.next_offset <= extent.end:
        return
    lost = "its retention ran out" if fence.next_offset < extent.oldest else "it lost its tail"
    raise _disagreement(
        log,
        partition,
        f"the fence stands at {fence.next_offset}, the log holds {extent.oldest} to {extent.end} ({lost})",
    )


def _same(log: TopicEpoch, partition: int, fence: Fence, frame: str | None) -> None:
    if frame == fence.frame:
        return
    raise _disagreement(
        log,
        partition,
        f"frame {frame!r} stands at {fence.next_offset - 1}, the fence read {fence.frame!r} there"
        " (the log lost its tail and was written again)",
    )


def _disagreement(log: TopicEpoch, partition: int, what: str) -> FenceError:
    return FenceError(
        f"{log.topic}/{partition}: {what}; restore what is missing, then delete the fence rows of epoch {log.epoch!r}:"
        " everything is read again from the oldest offset, and stored once"
    )
