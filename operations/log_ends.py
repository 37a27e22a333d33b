"""The ends of the log's partitions, and how many records below them are still to be stored."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from schemas.failures import ServiceMissingError
from schemas.topics import OBSERVATIONS, REJECTIONS

_TOPICS: Final = (OBSERVATIONS.name, REJECTIONS.name)
_PATIENCE: Final = 4.0  # seconds


class LogSilentError(ServiceMissingError):
    """Kafka did not answer in time; start it, or try again."""


class PartitionExtent(NamedTuple):
    """The offsets of the records that a partition holds: from `oldest` up to, not including, `end`."""

    oldest: int
    end: int


Ends: TypeAlias = Mapping[tuple[str, str, int], PartitionExtent]
"""The extent of every partition of the two topics that `store` reads, by topic, epoch and partition."""


EpochOf: TypeAlias = Callable[[str, str], Awaitable[str]]
"""Returns the epoch of a topic, given the address of Kafka and the topic's name."""


async def ends(kafka: str, epoch_of: EpochOf) -> Ends:
    """Read the extent of every partition from Kafka; raise LogSilentError when it does not answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _ends(kafka, epoch_of)
    except (KafkaError, OSError, TimeoutError) as problem:
        raise LogSilentError(f"Kafka at {kafka} does not answer ({problem!r}); see `doorfiets doctor`") from problem


async def _ends(kafka: str, epoch_of: EpochOf) -> Ends:
    epochs = {topic: await epoch_of(kafka, topic) for topic in _TOPICS}
    consumer = AIOKafkaConsumer(
        *_TOPICS, bootstrap_servers=kafka, enable_auto_commit=False
    )  # without a group, so it is assigned all
    try:
        await consumer.start()
        places = list(consumer.assignment())
        oldest, newest = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    finally:
        await consumer.stop()
    return {(tp.topic, epochs[tp.topic], tp.partition): PartitionExtent(oldest[tp], newest[tp]) for tp in places}


def unstored(connection: psycopg.Connection[Any], until: Ends) -> int:
    """Count the records below `until` that are not stored yet."""
    rows = connection.execute("SELECT topic, epoch, partition, next_offset FROM doorfiets.fence").fetchall()
    fences = {(topic, epoch, partition): next_offset for topic, epoch, partition, next_offset in rows}
    return sum(max(0, extent.end - fences.get(place, extent.oldest)) for place, extent in until.items())
