"""The last receptions in the log: from there a process that starts goes on, and a bridge recognises redeliveries."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from ingest.bridge.receptions import Receptions
from ingest.pause import LOG_AGAIN_AFTER, pause
from ingest.raw_frames import unpacked
from schemas.topics import RAW

if TYPE_CHECKING:
    from schemas.observation import RawMessage

_LOG = logging.getLogger("doorfiets.ingest.bridge")
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 5.0
_PATIENCE: Final = 15  # seconds without a record
_REMEMBERED: Final = 50_000  # many times what the broker may have waiting
_LAST_FRAMES: Final = 128  # of a partition: many times what is in flight, and seconds of the fastest stream


async def newest_received(address: str, receptions: Receptions, topic: str = RAW.name) -> datetime | None:
    """Return the newest `received_at` in the log, None when it is empty, and add the last messages to `receptions`.

    Raises KafkaError or OSError (TimeoutError is one) while Kafka does not answer.
    """
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=address, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await consumer.start()
        return await _newest(consumer, receptions)
    finally:
        with suppress(KafkaError, OSError):
            async with asyncio.timeout(_STOP_SECONDS):
                await consumer.stop()


async def newest_once_kafka_answers(address: str, receptions: Receptions) -> datetime | None:
    """Return what `newest_received` does, as soon as Kafka answers; while it does not, log it once a minute."""
    for attempt in count():
        try:
            return await newest_received(address, receptions)
        except (KafkaError, OSError) as problem:
            if attempt % LOG_AGAIN_AFTER == 0:
                _LOG.error(
                    "kafka does not answer; start it or correct DOORFIETS_KAFKA, it is tried again by itself",
                    extra={"kafka": address, "problem": str(problem)},
                )
        await asyncio.sleep(pause(attempt))
    return None


async def _newest(consumer: AIOKafkaConsumer, receptions: Receptions) -> datetime | None:
    number = count()
    newest: list[tuple[datetime, int, RawMessage]] = []  # a heap: what is read may be ten times what is remembered
    async for record in _last(consumer):
        for one in unpacked(record, _LOG):
            heappush(newest, (one.received_at, next(number), one))
            if len(newest) > _REMEMBERED:
                heappop(newest)
    newest.sort()
    for received_at, _, one in newest:
        receptions.remember(one.topic, one.payload, one.packet_id, received_at)
    return newest[-1][0] if newest else None


async def _last(consumer: AIOKafkaConsumer) -> AsyncIterator[Any]:
    """Read the last frames of every partition; raise TimeoutError when none comes for a while."""
    async with asyncio.timeout(_START_SECONDS):
        parts = consumer.assignment()  # every partition, as the consumer has no group
        ends = await consumer.end_offsets(parts)
        starts = await consumer.beginning_offsets(parts)
    waiting = {part for part in parts if ends[part] > starts[part]}
    for part in waiting:
        consumer.seek(part, max(starts[part], ends[part] - _LAST_FRAMES))
    consumer.pause(*(part for part in parts if part not in waiting))
    silent = 0
    while waiting:
        came = await consumer.getmany(*waiting, timeout_ms=1000)
        silent = 0 if came else silent + 1
        if silent >= _PATIENCE:
            raise TimeoutError(f"Kafka gave no record of what was received last for {_PATIENCE} s")
        for part, records in came.items():
            for record in records:
                yield record
            if records[-1].offset + 1 >= ends[part]:
                waiting.discard(part)
