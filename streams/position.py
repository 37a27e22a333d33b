"""The position of a `store` worker in each partition, shared by its consumer, watchdog and agents."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from streams.domain.fence import Record
from streams.fences import Extent, Fences
from streams.metrics import StoreMetrics
from streams.progress import Progress
from streams.sinks.observation_store import Outcome


class Position:
    """The next offset of every assigned partition: from the fences at first, then from what was stored."""

    def __init__(self, fences: Fences, progress: Progress, metrics: StoreMetrics) -> None:
        self._fences = fences
        self._progress = progress
        self._metrics = metrics
        self._next: dict[tuple[str, int], int] = {}
        self._end: dict[tuple[str, int], int] = {}

    async def seek(self, topic: str, extents: Mapping[int, Extent]) -> dict[int, int]:
        """Return the offset to read next, by partition, from the fences."""
        found = await self._fences.seek(topic, extents)
        self._next.update({(topic, partition): offset for partition, offset in found.items()})
        self._end.update({(topic, partition): extent.end for partition, extent in extents.items()})
        return found

    def assigned(self) -> None:
        """Note that partitions were assigned and sought: the worker is ready."""
        self._metrics.assigned()
        self._progress.ready()

    def ended(self, problem: Exception) -> None:
        """End the process: the log and the fences disagree."""
        self._progress.end(problem)

    def behind(self, consumer: Any) -> bool:  # noqa: ANN401 - the library ships no types
        """Return whether an assigned partition has records that are not stored yet."""
        return self.backlog(consumer) > 0

    def backlog(self, consumer: Any) -> int:  # noqa: ANN401 - the library ships no types
        """Return the number of records of assigned partitions that are not stored yet, by the newest known ends."""
        return sum(
            max(0, max(consumer.highwater(tp) or 0, self._end.get(key, 0)) - self._next.get(key, 0))
            for tp in consumer.assignment()
            for key in ((tp.topic, tp.partition),)
        )

    def storing(
        self, topic: str, write: Callable[[Sequence[Record]], Awaitable[Outcome]]
    ) -> Callable[[Sequence[Record]], Awaitable[bool]]:
        """Wrap a writer for an agent: a failure ends the process, a success moves the position."""

        async def written(records: Sequence[Record]) -> bool:
            began = monotonic()
            try:
                outcome = await write(records)
            except Exception as problem:
                self._progress.end(problem)
                raise
            self._next.update({(topic, record.partition): record.offset + 1 for record in records})
            self._progress.made()
            self._metrics.stored(topic, records, outcome, monotonic() - began)
            return bool(outcome.stored or outcome.corrections)

        return written
