"""Acknowledgements go out in order and only after Kafka, whatever order Kafka answers in."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.bridge.inbox import Arrival, Inbox
from ingest.bridge.pipeline import Pipeline
from ingest.bridge.receptions import Receptions
from ingest.packer import Addressed, Packer
from ingest.settings import BridgeSettings

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
SETTINGS = BridgeSettings("kafka:1", "mqtt:1", Path("lock"), batch_messages=2, batch_seconds=0.001, batches_in_flight=3)


class SlowLog:
    """A log in memory that answers each delivery when it is told to."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.requested: list[asyncio.Event] = []

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Wait to be told."""
        assert frames
        self.requested.append(asyncio.Event())
        await self.requested[-1].wait()


async def test_answers_are_in_order_and_never_early() -> None:
    """The third batch is in Kafka first; nothing is acknowledged before the first one is."""
    inbox, log, answered, marks = Inbox(100), SlowLog(), list[tuple[int, list[int]]](), list[bytes]()
    pipeline = Pipeline(
        SETTINGS,
        inbox,
        log,
        Packer("b", "r"),
        Receptions(),
        acknowledge=lambda *answer: answered.append(answer),
        marked=marks.append,
    )
    for mid in range(1, 9):
        inbox.put(Arrival(1 if mid < 4 else 2, mid, NOON, "sensors/noord-1/data", b""))
    working = [asyncio.create_task(pipeline.send()), asyncio.create_task(pipeline.answer())]
    await asyncio.sleep(0.05)
    assert len(log.requested) == 3  # as many as may be in flight
    log.requested[2].set()
    await asyncio.sleep(0.01)
    assert answered == []
    log.requested[0].set()
    await asyncio.sleep(0.01)
    assert answered == [(1, [1, 2])]
    log.requested[1].set()
    await asyncio.sleep(0.05)
    assert answered == [(1, [1, 2]), (1, [3]), (2, [4]), (2, [5, 6])]
    log.requested[3].set()
    await pipeline.finish()
    assert answered[-1] == (2, [7, 8])
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
