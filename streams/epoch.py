"""Which life of a topic is this? Offsets mean something only within one cluster and one creation of the topic."""

import asyncio
from base64 import b64decode
from typing import Final
from uuid import UUID

from aiokafka.errors import KafkaConnectionError
from confluent_kafka import KafkaError, KafkaException, TopicCollection, Uuid
from confluent_kafka.admin import AdminClient

from schemas.failures import ServiceMissingError

_PATIENCE: Final = 10.0  # seconds


class TopicUnknownError(ServiceMissingError):
    """The cluster does not have this topic; create the topics (`doorfiets up` does) and start the worker again."""


async def epoch_of(kafka: str, topic: str) -> str:
    """Name the epoch of a topic: cluster id and topic id.

    Raises TopicUnknownError when it is not there, KafkaConnectionError when Kafka does not answer in ten seconds.
    """
    admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})  # who calls says what became of it
    described = admin.describe_topics(TopicCollection([topic]), request_timeout=_PATIENCE)[topic]
    cluster = admin.describe_cluster(request_timeout=_PATIENCE)
    try:
        about, whole = await asyncio.gather(asyncio.wrap_future(described), asyncio.wrap_future(cluster))
    except KafkaException as problem:
        error = problem.args[0]
        if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            told = f"topic {topic!r} is not on {kafka} ({error.str()}); create the topics first"
            raise TopicUnknownError(told) from problem
        raise KafkaConnectionError(f"Kafka at {kafka} does not answer ({error.str()})") from problem
    return f"{whole.cluster_id}/{_uuid(about.topic_id)}"


def _uuid(id_: Uuid) -> UUID:
    """Read the library's text of an id: sixteen bytes in base64, without the filling."""
    return UUID(bytes=b64decode(f"{id_}=="))
