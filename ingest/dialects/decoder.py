"""The table of dialects, and the function that decodes every message with one of them."""

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
"""Every dialect: subscriptions, access rules, property tests and simulated sensors are made from this table."""
_LONGEST_TOPIC: Final = 400  # characters; longer topics are not cached
_LONGEST_DETAIL: Final = 1_000
MOST_STORED: Final = 524_288
"""Bytes of a payload that are stored at most: with any topic and detail it fits in one frame of the log."""


def dialect_of(topic: str) -> tuple[Dialect, str] | None:
    """Return the dialect of a topic of up to 400 characters, and the sensor that it names; None where none matches."""
    return _dialect_of(topic) if len(topic) <= _LONGEST_TOPIC else None


@lru_cache(maxsize=8192)
def _dialect_of(topic: str) -> tuple[Dialect, str] | None:
    for dialect in DIALECTS:
        if found := dialect.pattern.fullmatch(topic):
            return dialect, found[dialect.sensor_group]
    return None


def sensor_of(topic: str) -> str | None:
    """Return the sensor that a topic names; None where no dialect knows the topic."""
    found = dialect_of(topic)
    return found and found[1]


def decode(topic: str, payload: bytes, received_at: datetime) -> list[Observation] | Rejection:
    """Decode one message into observations, or into exactly one rejection with its exact bytes; never raise.

    The rejection has no payload where it may be about a passer-by, or is too large for the log.
    """
    if len(payload) > MOST_STORED:
        return refused(
            RefusedError("too_large", f"{len(payload)} bytes, too many to be stored"), topic, payload, received_at
        )
    found = dialect_of(topic)
    try:
        seen = found[0].decode(topic, payload, received_at) if found else _refuse_stranger(topic, payload)
    except RefusedError as problem:
        return refused(problem, topic, payload, received_at)
    except Exception as problem:  # noqa: BLE001 - whatever a payload makes a dialect do ends that message, not the bridge
        return unreadable(problem, topic, payload, received_at)
    return seen or refused(RefusedError("not_a_measurement"), topic, payload, received_at)


def refused(why: RefusedError, topic: str, payload: bytes, received_at: datetime) -> Rejection:
    """Make the rejection of a message; its payload is left out where it is personal data, or too large for the log."""
    name, sensor = (found[0].name, found[1]) if (found := dialect_of(topic)) else ("", None)
    stored = None if why.reason == "personal_data" or len(payload) > MOST_STORED else payload
    return Rejection(received_at, topic, name, why.reason, why.detail[:_LONGEST_DETAIL], stored, sensor)


def unreadable(problem: Exception, topic: str, payload: bytes, received_at: datetime) -> Rejection:
    """Make the rejection of a message that its dialect failed on.

    Its detail has only the class of the exception: the text may hold content of the message.
    """
    why = RefusedError("unreadable", f"{type(problem).__name__} while it was decoded")
    return refused(_personal(topic, payload) or why, topic, payload, received_at)


def _refuse_stranger(topic: str, payload: bytes) -> NoReturn:
    """Refuse a message of no dialect: as `personal_data` where its content is, else as `unknown_dialect`."""
    raise _personal(topic, payload) or RefusedError("unknown_dialect", f"no dialect reads {shown(topic)}")


def _personal(topic: str, payload: bytes) -> RefusedError | None:
    """Search an undecodable message for personal data, as a document where it parses and as bytes where it does not."""
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
