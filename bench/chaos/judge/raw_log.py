"""The messages in topic `raw`: what is in there was not lost before the bridge."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

_TOPICS: Final = ("raw",)
_PATIENCE_MS: Final = 1_000
_ANSWER_MS: Final = 120_000
_SEALED: Final = b"sealed "
_TRIES: Final = 5
_PAUSE: Final = 5.0


def digest(topic: str, payload: bytes) -> bytes:
    """Return a digest of a message's topic and bytes."""
    return sha256(topic.encode() + b"\0" + payload).digest()


def held(address: str, opened: Callable[[bytes], bytes | None] = lambda sealed: sealed) -> set[bytes]:
    """Read the whole topic and return the digests of its messages; retry some times while Kafka does not answer.

    A message is there as what stays of it; `opened` returns the bytes of one that is sealed, as it could not be parsed.
    """
    for _ in range(_TRIES - 1):
        with suppress(KafkaError):
            return asyncio.run(_read(address, opened))
        time.sleep(_PAUSE)
    return asyncio.run(_read(address, opened))


async def _read(address: str, opened: Callable[[bytes], bytes | None]) -> set[bytes]:
    parts = await _partitions(address)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=address,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=_ANSWER_MS,
    )
    try:
        await consumer.start()
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        found: set[bytes] = set()
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for records in (await consumer.getmany(*parts, timeout_ms=_PATIENCE_MS)).values():
                items = [_message(item) for record in records for item in msgspec.msgpack.decode(record.value)]
                found |= {digest(topic, _content(payload, opened)) for topic, payload in items}
        return found
    finally:
        await consumer.stop()


async def _partitions(address: str) -> list[TopicPartition]:
    """Return the topic's partitions; raise LookupError when there is none."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=_ANSWER_MS)
    try:
        await admin.start()
        there = {*_TOPICS} & set(await admin.list_topics())
        described = await admin.describe_topics(sorted(there)) if there else []
    finally:
        await admin.close()
    parts = [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]
    if not parts:
        raise LookupError(f"Kafka at {address} has no raw log: {' or '.join(_TOPICS)}")
    return parts


def _content(payload: bytes, opened: Callable[[bytes], bytes | None]) -> bytes:
    """Return what is in a payload: of one that is sealed what it was made of, where its key is there."""
    content = opened(payload) if payload.startswith(_SEALED) else None
    return payload if content is None else content


def _message(item: list[Any]) -> tuple[str, bytes]:
    """Return the topic and the bytes of an item: its first text, and its first bytes."""
    topic = next(part for part in item if isinstance(part, str))
    payload = next(part for part in item if isinstance(part, bytes))
    return topic, payload
