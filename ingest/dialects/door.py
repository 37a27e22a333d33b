"""The table of dialects, and the one door through which every message is read."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from re import Pattern
from typing import Final, NamedTuple, NoReturn

from ingest.dialects import ours, things_stack
from ingest.dialects.document import parse
from ingest.dialects.personal import refuse_personal, refuse_personal_bytes
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
    """Turn one message into observations, or into exactly one rejection with its exact bytes; whatever it holds.

    What may be about a passer-by comes without its bytes, whatever else is wrong with it.
    """
    found = dialect_of(topic)
    name, sensor = (found[0].name, found[1]) if found else ("", None)
    try:
        return found[0].read(topic, payload, heard_at) if found else _refuse_stranger(topic, payload)
    except RefusedError as problem:
        refused = problem
    except RecursionError:
        refused = _unless_personal(RefusedError("too_deep", "the document nests too deep"), payload)
    except MemoryError:
        refused = _unless_personal(RefusedError("too_large", "the document needs more memory than there is"), payload)
    kept = None if refused.reason == "personal_data" else payload
    return Rejection(heard_at, topic, name, refused.reason, refused.detail, kept, sensor)


def _refuse_stranger(topic: str, payload: bytes) -> NoReturn:
    """Refuse what no dialect reads: for its content where that is personal, else for its topic."""
    try:
        refuse_personal(parse(payload))
    except RefusedError as refused:
        if refused.reason == "personal_data":
            raise
    raise RefusedError("unknown_dialect", f"no dialect reads {topic!a}")


def _unless_personal(refused: RefusedError, payload: bytes) -> RefusedError:
    try:
        refuse_personal_bytes(payload)
    except RefusedError as personal:
        return personal
    return refused
