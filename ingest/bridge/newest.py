"""What was heard last, according to the log: a bridge that starts never goes back before it."""

from datetime import datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.frames import unpack_heard
from schemas.topics import HEARD

_LAST_FRAMES: Final = 16  # batches in flight may have changed places when Kafka was away


async def newest_heard(address: str) -> datetime | None:
    """Find the newest `heard_at` in the log, None when it is empty; raise KafkaError while Kafka does not answer."""
    consumer = AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        await consumer.start()
        return await _newest(consumer)
    finally:
        await consumer.stop()


async def _newest(consumer: AIOKafkaConsumer) -> datetime | None:
    parts = [TopicPartition(HEARD.name, number) for number in await _partitions(consumer)]
    consumer.assign(parts)
    ends = await consumer.end_offsets(parts)
    starts = await consumer.beginning_offsets(parts)
    waiting = {part for part in parts if ends[part] > starts[part]}
    for part in waiting:
        consumer.seek(part, max(starts[part], ends[part] - _LAST_FRAMES))
    consumer.pause(*(part for part in parts if part not in waiting))
    newest: datetime | None = None
    while waiting:
        for part, records in (await consumer.getmany(*waiting, timeout_ms=1000)).items():
            times = [one.heard_at for record in records for one in unpack_heard(record.value, record.headers)]
            newest = max(times if newest is None else [newest, *times])
            if records[-1].offset + 1 >= ends[part]:
                waiting.discard(part)
    return newest


async def _partitions(consumer: AIOKafkaConsumer) -> set[int]:
    await consumer.topics()
    return consumer.partitions_for_topic(HEARD.name) or set()
