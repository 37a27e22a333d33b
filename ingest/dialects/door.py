"""The table of dialects, and the one door through which every message is read."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from re import Pattern
from typing import Final, NamedTuple

from ingest.dialects import ours, things_stack
from ingest.dialects.refusal import RefusedError
from schemas.observation import Observation
from schemas.rejection import Rejection


class Dialect(NamedTuple):
    """One vendor's way of speaking: where it is heard, which part of its topic is the sensor, its ear and its mouth."""

    name: str
    subscriptions: tuple[str, ...]
    pattern: Pattern[str]
    sensor_group: int
    read: Callable[[str, bytes, datetime], list[Observation]]
    write: Callable[..., bytes]


DIALECTS: Final = (
    Dialect("ours", ("sensors/+/data", "sensors/+/backfill"), ours.PATTERN, 1, ours.read, ours.write),
    Dialect("things_stack", ("v3/+/devices/+/up",), things_stack.PATTERN, 2, things_stack.read, things_stack.write),
)


@lru_cache(maxsize=8192)
def dialect_of(topic: str) -> tuple[Dialect, str] | None:
    """Find the dialect that is spoken on a topic, and the sensor that speaks."""
    for dialect in DIALECTS:
        if found := dialect.pattern.fullmatch(topic):
            return dialect, found[dialect.sensor_group]
    return None


def sensor_of(topic: str) -> str | None:
    """Name the sensor of a topic, where a dialect knows the topic."""
    found = dialect_of(topic)
    return found and found[1]


def read(topic: str, payload: bytes, heard_at: datetime) -> list[Observation] | Rejection:
    """Turn one message into observations, or into exactly one rejection with its exact bytes; whatever it holds."""
    found = dialect_of(topic)
    if found is None:
        return Rejection(heard_at, topic, "", "unknown_dialect", f"no dialect reads {topic!a}", payload)
    dialect, sensor = found
    try:
        return dialect.read(topic, payload, heard_at)
    except RefusedError as refused:
        reason, detail = refused.reason, refused.detail
    except RecursionError:
        reason, detail = "too_deep", "the document nests too deep"
    except MemoryError:
        reason, detail = "too_large", "the document needs more memory than there is"
    kept = None if reason == "personal_data" else payload
    return Rejection(heard_at, topic, dialect.name, reason, detail, kept, sensor)
