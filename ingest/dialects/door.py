"""The table of dialects, and the one door through which every message is read."""

from datetime import datetime
from functools import lru_cache
from typing import Final, NoReturn

from ingest.dialects import ours, things_stack
from ingest.dialects.dialect import Dialect, Document
from ingest.dialects.document import parse
from ingest.dialects.personal import refuse_personal, refuse_personal_bytes
from ingest.dialects.refusal import RefusedError, shown
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECTS: Final[tuple[Dialect, ...]] = (
    ours.DIALECT,
    things_stack.DIALECT,
)
"""Every dialect: what subscribes, grants, tests and simulates goes through this table."""
_LONGEST_TOPIC: Final = 400  # characters; a sender must not fill the memory of what topics mean
_LONGEST_DETAIL: Final = 1_000
MOST_STORED: Final = 524_288
"""Bytes of a payload that are kept at most: with any topic and every detail it fits in one frame of the log."""


def dialect_of(topic: str) -> tuple[Dialect, str] | None:
    """Find the dialect that is spoken on a topic of up to 400 characters, and the sensor that speaks."""
    return _dialect_of(topic) if len(topic) <= _LONGEST_TOPIC else None


@lru_cache(maxsize=8192)
def _dialect_of(topic: str) -> tuple[Dialect, str] | None:
    for dialect in DIALECTS:
        if found := dialect.pattern.fullmatch(topic):
            return dialect, found[dialect.sensor_group]
    return None


def sensor_of(topic: str) -> str | None:
    """Name the sensor of a topic, where a dialect knows the topic."""
    found = dialect_of(topic)
    return found and found[1]


def read(topic: str, payload: bytes, received_at: datetime) -> list[Observation] | Rejection:
    """Turn one message into observations, or into exactly one rejection with its exact bytes; whatever it holds.

    What may be about a passer-by comes without its bytes, whatever else is wrong with it; so does what no log can hold.
    """
    if len(payload) > MOST_STORED:
        return refused(
            RefusedError("too_large", f"{len(payload)} bytes, too many to be kept"), topic, payload, received_at
        )
    found = dialect_of(topic)
    try:
        seen = found[0].read(topic, payload, received_at) if found else _refuse_stranger(topic, payload)
    except RefusedError as problem:
        return refused(problem, topic, payload, received_at)
    except Exception as problem:  # noqa: BLE001 - whatever a payload makes a dialect do ends that message, not the bridge
        return unreadable(problem, topic, payload, received_at)
    return seen or refused(RefusedError("not_a_measurement"), topic, payload, received_at)


def refused(why: RefusedError, topic: str, payload: bytes, received_at: datetime) -> Rejection:
    """Make the rejection of a message; of what is personal, and of what is too long for the log, nothing is kept."""
    name, sensor = (found[0].name, found[1]) if (found := dialect_of(topic)) else ("", None)
    stored = None if why.reason == "personal_data" or len(payload) > MOST_STORED else payload
    return Rejection(received_at, topic, name, why.reason, why.detail[:_LONGEST_DETAIL], stored, sensor)


def unreadable(problem: Exception, topic: str, payload: bytes, received_at: datetime) -> Rejection:
    """Make the rejection of a message that its dialect failed on; of the problem only its class is told.

    What the problem says may be content.
    """
    why = RefusedError("unreadable", f"{type(problem).__name__} while it was read")
    return refused(_personal(topic, payload) or why, topic, payload, received_at)


def _refuse_stranger(topic: str, payload: bytes) -> NoReturn:
    """Refuse what no dialect reads: for its content where that is personal, else for its topic."""
    raise _personal(topic, payload) or RefusedError("unknown_dialect", f"no dialect reads {shown(topic)}")


def _personal(topic: str, payload: bytes) -> RefusedError | None:
    """Look through a message that cannot be read, as a document where it is one and as bytes where it is none."""
    found = dialect_of(topic)
    try:
        document: Document = parse(payload)
        refuse_personal(found[0].about_anybody(document) if found else document)
    except RefusedError as problem:
        return problem if problem.reason == "personal_data" else None
    except Exception:  # noqa: BLE001 - the same payload made the dialect fail
        return _personal_bytes(payload)
    return None


def _personal_bytes(payload: bytes) -> RefusedError | None:
    try:
        refuse_personal_bytes(payload)
    except RefusedError as problem:
        return problem
    return None
