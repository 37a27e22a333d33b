"""Assembly of the Faust application, of which only the consumer runtime is used, with offsets from our fences."""

import asyncio
import gc
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import faust
from faust.transport.drivers import aiokafka as driver

from streams.fences import Extent

_SESSION: Final = 20.0  # seconds after which the partitions of a lost worker are reassigned
_STOP: Final = 10.0  # seconds that an orderly stop may take

App: TypeAlias = faust.App


class Seeks(Protocol):
    """The source of the offsets at which consumption starts."""

    async def seek(self, topic: str, extents: Mapping[int, Extent]) -> dict[int, int]:
        """Return the offset to read next, by partition."""

    def assigned(self) -> None:
        """Note that all partitions were assigned and sought."""

    def ended(self, problem: Exception) -> None:
        """Note that seeking failed: the worker cannot go on."""


class FencedConsumer(driver.Consumer):  # type: ignore[misc] # the library ships no types
    """A consumer whose offsets are in the database; the commits in Kafka serve tools that show lag only."""

    async def perform_seek(self) -> None:
        """Seek to the fences after an assignment, while consumption is suspended."""
        try:
            await super().perform_seek()
            for partition, offset in (await self._fences()).items():
                await self.seek_wait({partition: offset})
                self._read_offset[partition] = offset
                self._committed_offset[partition] = offset
        except Exception as problem:
            self.transport.seeks.ended(problem)
            raise
        self.transport.seeks.assigned()

    async def _fences(self) -> dict[Any, int]:
        assignment = self.assignment()
        oldest, ends = await self.earliest_offsets(*assignment), await self.highwaters(*assignment)
        extents: defaultdict[str, dict[int, Extent]] = defaultdict(dict)
        for tp in assignment:
            extents[tp.topic][tp.partition] = Extent(oldest[tp], ends[tp])
        return {
            driver.TopicPartition(topic, partition): offset
            for topic, partitions in extents.items()
            for partition, offset in (await self.transport.seeks.seek(topic, partitions)).items()
        }


class FencedTransport(driver.Transport):  # type: ignore[misc] # the library ships no types
    """The transport that makes fenced consumers."""

    Consumer = FencedConsumer
    seeks: Seeks


def assemble(*, group: str, instance: str, kafka: str, scratch: Path, seeks: Seeks | None = None) -> faust.App:
    """Build the application; every setting that differs from Faust's default is here, with its reason."""
    app = faust.App(
        group,
        broker=f"kafka://{kafka}",
        consumer_group_instance_id=f"{group}-{instance}",  # a restarted worker is itself again: 2 s instead of 60
        broker_session_timeout=_SESSION,
        broker_heartbeat_interval=3.0,
        broker_max_poll_records=500,  # the default is unlimited, and starves the heartbeat
        consumer_auto_offset_reset="earliest" if seeks else "latest",
        stream_wait_empty=False,  # a rebalance need not wait for a batch: the fence drops what is consumed twice
        topic_allow_declare=False,  # topics are made in deploy, with their settings
        topic_disable_leader=True,
        producer_threaded=False,  # its shutdown raises
        producer_acks=1,
        web_enabled=False,
        datadir=str(scratch),
        store="memory://",
        autodiscover=False,
    )
    if seeks is not None:
        app.transport = FencedTransport(app.conf.broker_consumer, app)
        app.transport.seeks = seeks
    return app


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """Run an application with its agents while the block lasts."""
    app.finalize()
    await app.start()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no collection of garbage looks at it again
    try:
        yield
    finally:
        async with asyncio.timeout(_STOP):
            await app.stop()
