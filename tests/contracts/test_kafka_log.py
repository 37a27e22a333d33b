"""The log over a Kafka that hangs: every wait has an end, and what one producer could not deliver the next one does."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from ingest.kafka_log import KafkaLog, LogUnavailableError
from ingest.packer import Addressed
from schemas.frames import Frame
from tests.contracts.kafka_proxy import KafkaProxy

pytestmark = pytest.mark.contracts

TOPIC = "changes"  # nobody reads what these tests put there
PART = TopicPartition(TOPIC, 0)


def frame(name: str, size: int) -> list[Addressed]:
    """Make one frame that cannot be compressed."""
    return [Addressed(TOPIC, 0, Frame(os.urandom(size), [("name", name.encode())]))]


@pytest.fixture
async def proxy(stack: Stack) -> AsyncIterator[KafkaProxy]:
    """Stand between the client and the stack's Kafka."""
    async with KafkaProxy(str(stack.settings().kafka)) as existing:
        yield existing


async def end(stack: Stack) -> int:
    """Say where the next frame goes."""
    async with reading(stack) as consumer:
        return int((await consumer.end_offsets([PART]))[PART])


async def names(stack: Stack, start: int) -> list[str]:
    """Read the names of the frames from an offset on, each where it first stands."""
    stop, found = await end(stack), dict[str, None]()
    async with reading(stack) as consumer:
        consumer.seek(PART, start)
        while await consumer.position(PART) < stop:
            for record in (await consumer.getmany(PART, timeout_ms=500)).get(PART, ()):
                found[dict(record.headers)["name"].decode()] = None
    return list(found)


@asynccontextmanager
async def reading(stack: Stack) -> AsyncIterator[AIOKafkaConsumer]:
    """Read one partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.settings().kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([PART])
        yield consumer
    finally:
        await consumer.stop()


@pytest.mark.parametrize("size", [10, 900_000])
async def test_no_delivery_waits_for_a_producer_that_another_has_thrown_away(
    stack: Stack, proxy: KafkaProxy, size: int
) -> None:
    """The first hangs in a request, the others behind it in the buffer or before a full one: all are held, in order."""
    log, start = KafkaLog(f"127.0.0.1:{proxy.port}", "test"), await end(stack)
    await log.deliver(frame("before", 10))
    proxy.produced.clear()
    proxy.frozen.set()
    deliveries = [asyncio.create_task(log.deliver(frame(f"{number}", size))) for number in range(8)]
    async with asyncio.timeout(60):
        await proxy.produced.wait()
    await asyncio.sleep(25)  # longer than the patience with one producer
    assert not any(one.done() for one in deliveries)
    proxy.frozen.clear()
    async with asyncio.timeout(120):
        await asyncio.gather(*deliveries)
    await log.close()
    assert await names(stack, start) == ["before", *map(str, range(8))]


async def test_who_gives_up_before_its_turn_is_not_delivered_later(stack: Stack, proxy: KafkaProxy) -> None:
    """What had not been offered yet when its sender went away is dropped; the others are held."""
    log, start = KafkaLog(f"127.0.0.1:{proxy.port}", "test"), await end(stack)
    await log.deliver(frame("before", 10))
    proxy.produced.clear()
    proxy.frozen.set()
    *staying, going = [asyncio.create_task(log.deliver(frame(f"{number}", 900_000))) for number in range(4)]
    async with asyncio.timeout(60):
        await proxy.produced.wait()
    going.cancel()
    proxy.frozen.clear()
    async with asyncio.timeout(60):
        await asyncio.gather(*staying)
        await log.deliver(frame("after", 10))
    await log.close()
    assert await names(stack, start) == ["before", "0", "1", "2", "after"]


async def test_who_waits_is_told_when_the_attempts_are_used_up(proxy: KafkaProxy) -> None:
    """All of them at once; and who comes later is served when Kafka answers again."""
    log = KafkaLog(f"127.0.0.1:{proxy.port}", "test", attempts=2)
    proxy.frozen.set()
    async with asyncio.timeout(120):
        reported = await asyncio.gather(*(log.deliver(frame("never", 10)) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in reported] == 3 * [LogUnavailableError]
    proxy.frozen.clear()
    async with asyncio.timeout(60):
        await log.deliver(frame("later", 10))
    await log.close()


async def test_a_closed_log_lets_nobody_wait(proxy: KafkaProxy) -> None:
    """Closing takes seconds, whatever Kafka does."""
    log = KafkaLog(f"127.0.0.1:{proxy.port}", "test")
    await log.deliver(frame("before", 10))
    proxy.frozen.set()
    waiting = asyncio.create_task(log.deliver(frame("never", 10)))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(60):
        await log.close()
        with pytest.raises(LogUnavailableError):
            await waiting


async def test_what_the_log_cannot_know_is_raised_to_whoever_waits(stack: Stack) -> None:
    """A partition that does not exist is no failure of Kafka: the process has to know."""
    log = KafkaLog(str(stack.settings().kafka), "test")
    async with asyncio.timeout(60):
        with pytest.raises(AssertionError):
            await log.deliver([Addressed(TOPIC, 10_000, Frame(b"x", []))])
    await log.close()
