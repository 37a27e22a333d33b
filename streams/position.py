"""How far a keeping worker has come in each partition, as its consumer, its watchdog and its agents see it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from streams.domain.fence import Record
from streams.fences import Extent, Fences
from streams.metrics import StoreMetrics
from streams.progress import Progress
from streams.sinks.observation_store import Outcome


class Position:
    """The next offset of every assigned partition: from the fences at first, then from what was kept."""

    def __init__(self, fences: Fences, progress: Progress, metrics: StoreMetrics) -> None:
        self._fences = fences
        self._progress = progress
        self._metrics = metrics
        self._next: dict[tuple[str, int], int] = {}
        self._end: dict[tuple[str, int], int] = {}

    async def seek(self, topic: str, extents: Mapping[int, Extent]) -> dict[int, int]:
        """Give the offset to read next, by partition."""
        found = await self._fences.seek(topic, extents)
        self._next.update({(topic, partition): offset for partition, offset in found.items()})
        self._end.update({(topic, partition): extent.end for partition, extent in extents.items()})
        return found

    def assigned(self) -> None:
        """Partitions were assigned and sought: at work."""
        self._metrics.assigned()
        self._progress.ready()

    def ended(self, problem: Exception) -> None:
        """The log and the fences disagree: nothing can be kept."""
        self._progress.end(problem)

    def behind(self, consumer: Any) -> bool:  # noqa: ANN401 - the library ships no types
        """Tell whether an assigned partition holds what was not kept yet."""
        return self.backlog(consumer) > 0

    def backlog(self, consumer: Any) -> int:  # noqa: ANN401 - the library ships no types
        """Count the records of the assigned partitions that were not kept yet, as far as the log has been seen."""
        return sum(
            max(0, max(consumer.highwater(tp) or 0, self._end.get(key, 0)) - self._next.get(key, 0))
            for tp in consumer.assignment()
            for key in ((tp.topic, tp.partition),)
        )

    def storing(
        self, topic: str, write: Callable[[Sequence[Record]], Awaitable[Outcome]]
    ) -> Callable[[Sequence[Record]], Awaitable[bool]]:
        """Let a writer work for an agent; what it cannot keep ends the process, else the agent takes the next batch."""

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
