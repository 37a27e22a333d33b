"""The messages that the platform wrote down as they came: who is in there was not lost before the bridge."""

import asyncio
from hashlib import sha256
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

_TOPICS: Final = ("raw", "heard")
_PATIENCE_MS: Final = 1_000


def digest(topic: str, payload: bytes) -> bytes:
    """Name a message by its topic and its bytes."""
    return sha256(topic.encode() + b"\0" + payload).digest()


def held(address: str) -> set[bytes]:
    """Read the whole raw log, and the digests of its messages."""
    return asyncio.run(_held(address))


async def _held(address: str) -> set[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        name = next(iter({*_TOPICS} & await consumer.topics()))
        parts = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        found: set[bytes] = set()
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for records in (await consumer.getmany(*parts, timeout_ms=_PATIENCE_MS)).values():
                found |= {
                    digest(*_message(item)) for record in records for item in msgspec.msgpack.decode(record.value)
                }
        return found
    finally:
        await consumer.stop()


def _message(item: list[Any]) -> tuple[str, bytes]:
    """Find the topic and the bytes of an item: its first text, and its first bytes."""
    topic = next(part for part in item if isinstance(part, str))
    payload = next(part for part in item if isinstance(part, bytes))
    return topic, payload
