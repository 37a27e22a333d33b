"""What the log holds and the database does not: the records of Kafka that are still to be stored."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schemas.topics import OBSERVATIONS, REJECTIONS
from streams.epoch import epoch_of

_TOPICS: Final = (OBSERVATIONS.name, REJECTIONS.name)
_READER: Final = "backup"
_PATIENCE: Final = 4.0  # seconds


class LogSilentError(Exception):
    """Kafka did not say in time what it holds; start it, or ask again."""


class DatabaseSilentError(psycopg.OperationalError):
    """The database does not answer where it should be; start it, or say with DOORFIETS_POSTGRES where it is."""


class Extent(NamedTuple):
    """The records of a partition that are there: from `oldest` up to, not including, `end`."""

    oldest: int
    end: int


Ends: TypeAlias = Mapping[tuple[str, str, int], Extent]
"""The extent of every partition of the two topics that `keep` reads, by topic, epoch and partition."""


async def ends(kafka: str) -> Ends:
    """Ask Kafka what it holds now; raise LogSilentError when it does not answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _ends(kafka)
    except (KafkaError, OSError, TimeoutError) as problem:
        raise LogSilentError(f"Kafka at {kafka} does not answer ({problem!r}); see `doorfiets doctor`") from problem


async def _ends(kafka: str) -> Ends:
    epochs = {topic: await epoch_of(kafka, topic) for topic in _TOPICS}
    consumer = AIOKafkaConsumer(*_TOPICS, bootstrap_servers=kafka, enable_auto_commit=False)  # in no group: it has all
    await consumer.start()
    try:
        places = list(consumer.assignment())
        oldest, newest = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    finally:
        await consumer.stop()
    return {(tp.topic, epochs[tp.topic], tp.partition): Extent(oldest[tp], newest[tp]) for tp in places}


def unstored(connection: psycopg.Connection[Any], until: Ends) -> int:
    """Count the records below `until` that are not stored yet."""
    rows = connection.execute("SELECT topic, epoch, partition, next_offset FROM doorfiets.fence").fetchall()
    fences = {(topic, epoch, partition): next_offset for topic, epoch, partition, next_offset in rows}
    return sum(max(0, extent.end - fences.get(place, extent.oldest)) for place, extent in until.items())


def reader(conninfo: str) -> psycopg.Connection[Any]:
    """Connect as one who may read everything and write nothing; raise psycopg.OperationalError in some seconds.

    It is a DatabaseSilentError, with the address, where none answers; one that answers says why it refuses.
    """
    options = "-c statement_timeout=5000 -c TimeZone=UTC"
    whole = make_conninfo(conninfo, user=_READER, connect_timeout="3", options=options)
    try:
        return psycopg.connect(whole, autocommit=True)
    except psycopg.OperationalError as problem:
        if "FATAL: " in str(problem):
            raise
        raise DatabaseSilentError(_silent(conninfo, str(problem))) from problem


def _silent(conninfo: str, problem: str) -> str:
    at = conninfo_to_dict(conninfo)
    (why, *_) = problem.rpartition("failed: ")[2].splitlines() or [""]
    return (
        f"the database does not answer at {at.get('host', 'localhost')}:{at.get('port', 5432)} ({why});"
        " start it, with `doorfiets up` where it is the local one"
    )
