"""What the log holds and the database does not: the records of Kafka that are still to be stored."""

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
    """Kafka did not say in time what it holds; start it, or ask again."""


class PartitionExtent(NamedTuple):
    """The records of a partition that are there: from `oldest` up to, not including, `end`."""

    oldest: int
    end: int


Ends: TypeAlias = Mapping[tuple[str, str, int], PartitionExtent]
"""The extent of every partition of the two topics that `store` reads, by topic, epoch and partition."""


EpochOf: TypeAlias = Callable[[str, str], Awaitable[str]]
"""Names the epoch of a topic, given the address of Kafka and the topic's name."""


async def ends(kafka: str, epoch_of: EpochOf) -> Ends:
    """Ask Kafka what it holds now; raise LogSilentError when it does not answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _ends(kafka, epoch_of)
    except (KafkaError, OSError, TimeoutError) as problem:
        raise LogSilentError(f"Kafka at {kafka} does not answer ({problem!r}); see `doorfiets doctor`") from problem


async def _ends(kafka: str, epoch_of: EpochOf) -> Ends:
    epochs = {topic: await epoch_of(kafka, topic) for topic in _TOPICS}
    consumer = AIOKafkaConsumer(*_TOPICS, bootstrap_servers=kafka, enable_auto_commit=False)  # in no group: it has all
    await consumer.start()
    try:
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
