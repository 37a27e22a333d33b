"""The names of Kafka topics with their settings, of MQTT topics, and the choice of partitions."""

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
RECEIPTS: Final = _retained("receipts", 1)
TOPICS: Final[tuple[Topic, ...]] = (RAW, OBSERVATIONS, REJECTIONS, CHANGES, AGGREGATES, RECEIPTS)

SENSOR_ID: Final[str] = r"[a-z0-9-]{3,40}"
"""The pattern of sensor ids."""

SERVICE_USERS: Final[tuple[str, ...]] = ("bridge", "simulator", "receipts")
"""The users of the broker for services; no sensor may have such an id, as its certificate would give those rights."""


def partition_of(key: str, partitions: int = PARTITIONS) -> int:
    """Choose the partition of a sensor id, or of the MQTT topic of an unreadable message: stable over processes."""
    return crc32(key.encode()) % partitions


def data_topic(sensor: str) -> str:
    """Return the MQTT topic on which a sensor of our own dialect publishes live observations."""
    return f"sensors/{sensor}/data"


def backfill_topic(sensor: str) -> str:
    """Return the MQTT topic for observations of up to 400 days back, such as those made while a sensor was offline."""
    return f"sensors/{sensor}/backfill"


def receipt_topic(sensor: str) -> str:
    """Return the MQTT topic on which a sensor is told which of its messages are stored or refused."""
    return f"receipt/{sensor}"


def nack_topic(sensor: str) -> str:
    """Return the MQTT topic on which a sensor is told which message was refused, and why."""
    return f"nack/{sensor}"


def watermark_topic(bridge: str) -> str:
    """Return the MQTT topic on which a bridge publishes its watermarks to itself."""
    return f"platform/watermark/{bridge}"


def absence_topic(client: str) -> str:
    """Return the MQTT topic on which a client tests whether the broker keeps messages while it is disconnected."""
    return f"platform/absence/{client}"
