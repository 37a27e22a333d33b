"""Checks of Kafka: whether it answers, has our topics as they were declared, and how much waits in it."""

import asyncio
import time
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from operations import log_ends
from operations.database import reader
from operations.doctor.checks import DoubtfulError, NotAsExpectedError, graded, since
from operations.log_ends import EpochOf
from schemas.topics import PARTITIONS, TOPICS

_PATIENCE_MS: Final = 10_000
_MANY: Final = 10_000
"""Records that wait from which on somebody should look."""


def kafka_answers(address: str) -> str:
    """Measure whether Kafka answers and has our topics; raise NotAsExpectedError naming what is missing."""
    began = time.monotonic()
    there = {one["topic"] for one in asyncio.run(_topics(address))}
    if missing := sorted({topic.name for topic in TOPICS} - there):
        raise NotAsExpectedError(f"{address} answers, without the topics {', '.join(missing)}")
    return f"{address} has all {len(TOPICS)} topics, {since(began)}"


def topics_are_as_declared(address: str) -> str:
    """Measure partitions and settings of our topics; raise NotAsExpectedError with the first that is otherwise."""
    described = {one["topic"]: len(one["partitions"]) for one in asyncio.run(_topics(address))}
    settings = asyncio.run(_settings(address))
    for topic in TOPICS:
        if described[topic.name] < PARTITIONS:
            raise NotAsExpectedError(f"{topic.name} has {described[topic.name]} partitions, expected {PARTITIONS}")
        for key, expected in topic.settings:
            if (found := settings[topic.name].get(key)) != expected:
                raise DoubtfulError(f"{topic.name} has {key}={found}, expected {expected}")
    return f"{len(TOPICS)} topics of {PARTITIONS} partitions, kept and flushed as declared"


def log_is_read(address: str, conninfo: str, epoch_of: EpochOf) -> str:
    """Measure how many records of the log are not stored; doubtful from 10,000 on."""
    until = asyncio.run(log_ends.ends(address, epoch_of))
    with reader(conninfo) as connection:
        waiting = log_ends.unstored(connection, until)
    held = sum(extent.end - extent.oldest for extent in until.values())
    return graded(f"{waiting:,} of {held:,} records wait to be stored", doubtful=waiting >= _MANY)


async def _topics(address: str) -> list[dict[str, Any]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=_PATIENCE_MS)
    try:
        await admin.start()
        return list(await admin.describe_topics())
    finally:
        await admin.close()


async def _settings(address: str) -> dict[str, dict[str, str]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=_PATIENCE_MS)
    wanted = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in TOPICS]
    try:
        await admin.start()
        answers = await admin.describe_configs(wanted)
    finally:
        await admin.close()
    resources = (resource for answer in answers for resource in answer.resources)
    return {name: {entry[0]: entry[1] for entry in entries} for *_, name, entries in resources}
