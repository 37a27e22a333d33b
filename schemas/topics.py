"""The names of everything that travels: Kafka topics with their settings, MQTT topics, partitions."""

from typing import Final, NamedTuple
from zlib import crc32

PARTITIONS: Final[int] = 12
"""Partitions of a topic; adding some later moves sensors between them and needs a new fence epoch."""

_DAY_MS = 86_400_000


class Topic(NamedTuple):
    """One Kafka topic and the settings it is created with."""

    name: str
    settings: tuple[tuple[str, str], ...]


def _retained(name: str, days: int, *more: tuple[str, str]) -> Topic:
    return Topic(name, (("retention.ms", str(days * _DAY_MS)), *more))


_DURABLE = (
    "flush.messages",
    "1",
)  # Kafka does not fsync before it acknowledges; on one node a power cut would lose acked records

RAW: Final = _retained("raw", 30, _DURABLE)
OBSERVATIONS: Final = _retained("observations", 7, _DURABLE)
REJECTIONS: Final = _retained("rejections", 90, _DURABLE)
CHANGES: Final = _retained("changes", 1)
AGGREGATES: Final = Topic("aggregates", (("cleanup.policy", "compact"),))
TOPICS: Final[tuple[Topic, ...]] = (RAW, OBSERVATIONS, REJECTIONS, CHANGES, AGGREGATES)

SENSOR_ID: Final[str] = r"[a-z0-9-]{3,40}"
"""What a sensor may be called, on every wire."""

SERVICE_USERS: Final[tuple[str, ...]] = ("bridge", "simulator")
"""Our own users of the broker; a sensor is never called so, for its certificate would carry that user's rights."""


def partition_of(key: str, partitions: int = PARTITIONS) -> int:
    """Choose the partition of a sensor id, or of the MQTT topic of an unreadable message: stable over processes."""
    return crc32(key.encode()) % partitions


def data_topic(sensor: str) -> str:
    """Name the MQTT topic on which a sensor that speaks our JSON publishes what it sees now."""
    return f"sensors/{sensor}/data"


def backfill_topic(sensor: str) -> str:
    """Name the MQTT topic for what a sensor saw while it was out of reach, up to 400 days back."""
    return f"sensors/{sensor}/backfill"


def watermark_topic(bridge: str) -> str:
    """Name the MQTT topic on which a bridge marks, for itself, how far it has come in what the broker holds for it."""
    return f"platform/watermark/{bridge}"


def absence_topic(client: str) -> str:
    """Name the MQTT topic on which a client tries whether the broker keeps what arrives while it is away."""
    return f"platform/absence/{client}"
