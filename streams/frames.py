"""The frames at given offsets of the log, read by a consumer of their own."""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.frames import frame_of

_PATIENCE: Final = 10.0  # seconds; by the extents of the log the records exist


async def frames_at(kafka: str, topic: str, offsets: Mapping[int, int]) -> dict[int, str | None]:
    """Return the frame id of the record at one offset of each partition; raise TimeoutError when none comes."""
    if not offsets:
        return {}
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="none")
    try:
        await consumer.start()
        return {
            partition: await _frame(consumer, TopicPartition(topic, partition), offset)
            for partition, offset in offsets.items()
        }
    finally:
        await consumer.stop()


async def _frame(consumer: AIOKafkaConsumer, place: TopicPartition, offset: int) -> str | None:
    consumer.assign([place])
    consumer.seek(place, offset)
    async with asyncio.timeout(_PATIENCE):
        record = await consumer.getone(place)
    return frame_of(record.headers)
