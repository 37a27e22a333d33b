"""Where `store` goes on reading: at its fence, when the log is still the one that it read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.stack import Stack
from ingest.bridge.newest import newest_received
from ingest.bridge.receptions import Receptions
from schemas.observation import RawMessage
from streams.domain.fence import FenceError, Record
from streams.epoch import epoch_of
from streams.fences import Extent, Fences
from streams.sinks.observation_store import Fence, TopicEpoch
from streams.topic_identity import TopicRemadeError, watch_topics
from streams.writers import ObservationWriter
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, seen

pytestmark = pytest.mark.contracts


@pytest.fixture
async def kafka(stack: Stack) -> str:
    """Give the address of Kafka."""
    return str(stack.settings().kafka)


@pytest.fixture
async def log(kafka: str) -> AsyncIterator[TopicEpoch]:
    """Give a log of its own with two partitions."""
    topic = f"fences-{uuid4().hex[:12]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 2, 1)])
    yield TopicEpoch(topic, "cluster/topic")
    await admin.delete_topics([topic])
    await admin.close()


async def test_a_partition_is_read_on_from_its_fence(
    processing: StoreAndAggregate, kafka: str, log: TopicEpoch
) -> None:
    """A new one from the oldest offset of its log; the frame before the fence is the one that was read last."""
    records = [processing.record(seen(number, at=NOON + number * QUARTER)) for number in range(2)]
    await _write(kafka, log, records)
    await _store(processing, log, records)
    fences = Fences(processing.observation_store, [log], kafka)
    assert await fences.seek(log.topic, {0: Extent(0, 2), 1: Extent(0, 0)}) == {0: 2, 1: 0}
    assert (await processing.observation_store.fences(log, {0: 0}))[0] == Fence(2, "f1")


async def test_a_frame_that_is_gone_cannot_be_compared(
    processing: StoreAndAggregate, kafka: str, log: TopicEpoch
) -> None:
    """Retention took what was read, and nothing else."""
    await _store(processing, log, [processing.record(seen())])
    assert await Fences(processing.observation_store, [log], kafka).seek(log.topic, {0: Extent(1, 9)}) == {0: 1}


@pytest.mark.parametrize("extent", [Extent(2, 9), Extent(0, 0)])
async def test_a_log_that_is_not_the_one_we_read_stops_the_worker(
    processing: StoreAndAggregate, kafka: str, log: TopicEpoch, extent: Extent
) -> None:
    """Its retention ran out before we read it, or it lost its tail."""
    await _store(processing, log, [processing.record(seen())])
    with pytest.raises(FenceError, match="delete the fence rows"):
        await Fences(processing.observation_store, [log], kafka).seek(log.topic, {0: extent})


async def test_a_tail_that_was_lost_and_written_again_stops_the_worker(
    processing: StoreAndAggregate, kafka: str, log: TopicEpoch
) -> None:
    """The offsets agree, the frame does not: what stands there now was never stored."""
    read, other = processing.record(seen(5)), processing.record(seen(6))
    await _write(kafka, log, [other, processing.record(seen(7))])
    await _store(processing, log, [read])
    with pytest.raises(FenceError, match=r"frame 'f1' stands at 0, .* 'f0'.* delete the fence rows"):
        await Fences(processing.observation_store, [log], kafka).seek(log.topic, {0: Extent(0, 2)})


async def test_a_damaged_frame_has_a_name_at_the_fence_too(
    processing: StoreAndAggregate, kafka: str, log: TopicEpoch
) -> None:
    """One whose name is no text stood before the fence: the next worker finds it again."""
    record = processing.record(seen())._replace(headers=[("frame", b"\xff\0")])
    await _write(kafka, log, [record])
    await _store(processing, log, [record])
    assert await Fences(processing.observation_store, [log], kafka).seek(log.topic, {0: Extent(0, 1)}) == {0: 1}


async def test_a_bridge_starts_behind_a_damaged_frame(
    processing: StoreAndAggregate, kafka: str, log: TopicEpoch
) -> None:
    """What was received last is found in the frames that can be read; where none can, nothing is known."""
    damaged = processing.record(seen())._replace(value=b"?")
    await _write(kafka, log, [damaged])
    assert await newest_received(kafka, Receptions(), log.topic) is None
    await _write(kafka, log, [processing.record(RawMessage(NOON, "sensors/a-1/data", b"{}")), damaged])
    assert await newest_received(kafka, Receptions(), log.topic) == NOON


async def test_a_topic_that_was_made_anew_ends_the_worker(kafka: str, log: TopicEpoch) -> None:
    """Offsets of its first life lie above all that its second one holds: the old fence would pass over it for ever."""
    ended: list[Exception] = []
    read = TopicEpoch(log.topic, await epoch_of(kafka, log.topic))
    watching = asyncio.create_task(watch_topics(kafka, [read], ended.append, every=0.05))
    try:
        await asyncio.sleep(1)
        assert not ended
        await _make_anew(kafka, log.topic)
        async with asyncio.timeout(60):
            while not ended:  # noqa: ASYNC110 - the watcher has no bell
                await asyncio.sleep(0.05)
    finally:
        watching.cancel()
    assert isinstance(ended[0], TopicRemadeError)


async def _make_anew(kafka: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.delete_topics([topic])
    async with asyncio.timeout(60):
        while topic in await admin.list_topics():  # noqa: ASYNC110 - nor has the broker
            await asyncio.sleep(0.05)
    await admin.create_topics([NewTopic(topic, 2, 1)])
    await admin.close()


async def _store(processing: StoreAndAggregate, log: TopicEpoch, records: Sequence[Record]) -> None:
    await processing.observation_store.fences(log, {0: 0})
    await ObservationWriter(processing.observation_store, log).write(records)


async def _write(kafka: str, log: TopicEpoch, records: Sequence[Record]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    for record in records:
        await producer.send_and_wait(log.topic, record.value, partition=0, headers=record.headers)
    await producer.stop()
