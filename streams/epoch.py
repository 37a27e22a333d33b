"""The epoch of a topic: the cluster and the creation of the topic within which offsets are comparable."""

from io import BytesIO
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from schemas.failures import ServiceMissingError


class TopicUnknownError(ServiceMissingError):
    """The cluster does not have this topic; create the topics (`doorfiets up` does) and start the worker again."""


class _Uuid:
    """Sixteen bytes."""

    @staticmethod
    def encode(value: UUID) -> bytes:
        return value.bytes

    @staticmethod
    def decode(data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_TEXT = CompactString("utf-8")
_BROKER = Schema(("node", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT), ("tags", TaggedFields))
_PARTITION = Schema(
    ("error", Int16),
    ("partition", Int32),
    ("leader", Int32),
    ("leader_epoch", Int32),
    ("replicas", CompactArray(Int32)),
    ("isr", CompactArray(Int32)),
    ("offline", CompactArray(Int32)),
    ("tags", TaggedFields),
)
_TOPIC = Schema(
    ("error", Int16),
    ("name", _TEXT),
    ("id", _Uuid),
    ("internal", Boolean),
    ("partitions", CompactArray(_PARTITION)),
    ("operations", Int32),
    ("tags", TaggedFields),
)


class _MetadataResponse(Response):  # type: ignore[misc] # the library ships no types
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle", Int32),
        ("brokers", CompactArray(_BROKER)),
        ("cluster", _TEXT),
        ("controller", Int32),
        ("topics", CompactArray(_TOPIC)),
        ("tags", TaggedFields),
    )


class _MetadataRequest(RequestStruct):  # type: ignore[misc] # the library ships no types
    API_KEY = 3
    API_VERSION = 12
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(Schema(("id", _Uuid), ("name", _TEXT), ("tags", TaggedFields)))),
        ("create", Boolean),
        ("operations", Boolean),
        ("tags", TaggedFields),
    )


class _Metadata(Request[_MetadataRequest]):  # type: ignore[misc] # the library ships no types
    """The metadata of a topic with its id, which the library's own request (version 5) does not ask for."""

    API_KEY = 3

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[_MetadataRequest]) -> _MetadataRequest:
        return request_struct_class([(UUID(int=0), self._topic, {})], False, False, {})  # noqa: FBT003 - wire order


async def epoch_of(kafka: str, topic: str) -> str:
    """Return the epoch of a topic: cluster id and topic id; raise TopicUnknownError when the topic does not exist."""
    client = AIOKafkaClient(bootstrap_servers=kafka)
    try:
        await client.bootstrap()
        answer = await client.send(client.get_random_node(), _Metadata(topic))
    finally:
        await client.close()
    error, _, topic_id, *_ = answer.topics[0]
    if error:
        raise TopicUnknownError(
            f"topic {topic!r} is not on {kafka} (Kafka error code {error}); create the topics first"
        )
    return f"{answer.cluster}/{topic_id}"
