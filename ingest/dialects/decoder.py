"""The table of dialects, and the function that decodes every message with one of them."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import msgspec

from ingest.dialects import (
    airrohr,
    chirpstack,
    eco_counter,
    helium,
    luchtmeetnet,
    nbiot,
    ours,
    samen_meten,
    senml,
    sensor_community,
    sensor_things,
    telraam,
    things_stack,
)
from ingest.dialects.dialect import Dialect
from ingest.dialects.document import Document
from ingest.dialects.permitted import permitted, sent_by
from ingest.dialects.refusal import RefusedError
from schemas.device import Devices
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECTS: Final[tuple[Dialect, ...]] = (
    ours.DIALECT,
    things_stack.DIALECT,
    airrohr.DIALECT,
    senml.DIALECT,
    sensor_things.DIALECT,
    eco_counter.DIALECT,
    telraam.DIALECT,
    chirpstack.DIALECT,
    helium.DIALECT,
    nbiot.DIALECT,
    luchtmeetnet.DIALECT,
    samen_meten.DIALECT,
    sensor_community.DIALECT,
)
"""Every dialect: subscriptions, access rules, property tests and simulated sensors are made from this table."""
NOBODY: Final[Devices] = MappingProxyType({})
_LONGEST_TOPIC: Final = 400  # characters; longer topics are not cached
_LONGEST_DETAIL: Final = 1_000
MOST_STORED: Final = 524_288
"""Bytes of a payload that are stored at most: with any topic and detail it fits in one frame of the log."""

_MOST_LEVELS: Final = 8
_REPLACED_LEVEL: Final = re.compile(r"<\d{1,6}>", re.ASCII)
_FIRST_LEVELS: Final = frozenset(topic.split("/")[0] for one in DIALECTS for topic in one.subscriptions)

_IDS: Final = {
    "telraam": "3 to 19 digits",
    "chirpstack": "16 of 0-9 and a-f",
    "nbiot": "3 to 40 of a-z, 0-9 and -, of which one is a letter",
    "sensor_things": "Datastreams(1), a number in brackets",
}
"""How the id in a topic of a dialect is written, where it is not as that of a device in the registry."""
_ID: Final = "3 to 40 of a-z, 0-9 and -"

Outcome: TypeAlias = list[Observation] | Rejection
Seal: TypeAlias = Callable[[bytes, datetime], bytes | None]
"""Encrypts what cannot be parsed, with the moment at which it was received; None where it cannot be kept."""


def nothing_stays(_payload: bytes, _received_at: datetime) -> None:
    """Keep nothing of what cannot be parsed: the seal of those who have no keys."""


class KnownTopic(NamedTuple):
    """A topic that a dialect knows: the sensor that it names, "" where the payload does, and what stays of it."""

    dialect: Dialect
    sensor: str
    public: str


class DecodedMessage(NamedTuple):
    """A message, decoded: its outcome, and what of it stays, as topic and payload (None: none of it)."""

    outcome: Outcome
    topic: str
    payload: bytes | None


def dialect_of(topic: str) -> tuple[Dialect, str] | None:
    """Return the dialect of a topic of up to 400 characters, and the sensor that it names; None where none matches.

    The sensor is "" where the payload names it.
    """
    known = _known(topic)
    return known and (known.dialect, known.sensor)


def _known(topic: str) -> KnownTopic | None:
    return _known_topic(topic) if len(topic) <= _LONGEST_TOPIC else None


@lru_cache(maxsize=8192)
def _known_topic(topic: str) -> KnownTopic | None:
    for dialect in DIALECTS:
        if found := dialect.pattern.fullmatch(topic):
            named = found[dialect.sensor_group]
            sensor = dialect.sensor_prefix + named if named else ""
            return KnownTopic(dialect, sensor, dialect.public_topic(topic))
    return None


def sensor_of(topic: str) -> str | None:
    """Return the sensor that a topic names; None where no dialect knows the topic, or the payload names it."""
    known = _known(topic)
    return (known and known.sensor) or None


def earns_receipts(topic: str) -> bool:
    """Return whether who publishes on a topic is told what became of the messages that it numbers."""
    known = _known(topic)
    return known is not None and known.dialect.receipts


def public_topic(topic: str) -> str:
    """Return what stays of a topic: what its dialect says; of another each level is replaced by its length.

    Of one that has the shape of a dialect's topics the words of that shape stay. Of another the first level stays where
    it is that of a subscription, and from the eighth on all are one.
    """
    if known := _known(topic):
        return known.public
    near = _nearly(topic)
    return _with_words(topic, near[1]) if near else _without_levels(topic)


def _nearly(topic: str) -> tuple[Dialect, str] | None:
    """Return the dialect, and its subscription, that a topic would match if its ids were written as they must be."""
    if len(topic) > _LONGEST_TOPIC:
        return None
    levels = topic.split("/")
    shapes = ((dialect, shape) for dialect in DIALECTS for shape in dialect.subscriptions if "+" in shape)
    return next(((dialect, shape) for dialect, shape in shapes if _has_shape(levels, shape.split("/"))), None)


def _has_shape(levels: list[str], shape: list[str]) -> bool:
    return len(levels) == len(shape) and all(word in {"+", level} for level, word in zip(levels, shape, strict=True))


def _with_words(topic: str, shape: str) -> str:
    pairs = zip(topic.split("/"), shape.split("/"), strict=True)
    return "/".join(_level(level) if word == "+" else level for level, word in pairs)


def _without_levels(topic: str) -> str:
    first, *others = topic.split("/", _MOST_LEVELS - 1)
    return "/".join([first if first in _FIRST_LEVELS else _level(first), *map(_level, others)])


def _level(level: str) -> str:
    return level if _REPLACED_LEVEL.fullmatch(level) else f"<{len(level)}>"


def decode(topic: str, payload: bytes, received_at: datetime, devices: Devices = NOBODY) -> Outcome:
    """Decode one message into observations, or into exactly one rejection; never raise."""
    return decode_permitted(topic, payload, received_at, devices).outcome


def decode_permitted(
    topic: str, payload: bytes, received_at: datetime, devices: Devices = NOBODY, seal: Seal = nothing_stays
) -> DecodedMessage:
    """Decode one message of one of `devices`, or of anybody, and say what of it stays; never raise.

    A message that cannot be parsed stays sealed, one that is too large for the log not at all.
    """
    document: Document | None = None
    try:
        dialect, sensor, public = _topic(topic, payload)
        device = devices.get(sensor)
        if dialect.quickly and (quick := dialect.quickly(topic, payload, received_at, device)):
            return DecodedMessage(quick[0], public, quick[1])
        sender = sent_by(sensor, devices, device)
        document = permitted(dialect.parse(payload), dialect.texts(device), received_at, sender, dialect.numbers)
        seen = _anything(dialect.decode(public, document, received_at, device))
        return DecodedMessage(seen, public, msgspec.json.encode(document))
    except RefusedError as problem:
        return _refused(problem, topic, _stored(document, payload, received_at, seal), received_at)
    except Exception as problem:  # noqa: BLE001 - whatever a payload makes a dialect do ends that message, not the bridge
        return unreadable(problem, topic, _stored(document, payload, received_at, seal), received_at)


def _topic(topic: str, payload: bytes) -> KnownTopic:
    if len(payload) > MOST_STORED:
        raise RefusedError("too_large", f"{len(payload)} bytes, too many to be stored")
    if (known := _known(topic)) is None:
        raise RefusedError("unknown_dialect", _why_none(topic))
    return known


def _why_none(topic: str) -> str:
    if (near := _nearly(topic)) is None:
        return "no dialect reads this topic"
    dialect, shape = near
    return f"no dialect reads this topic: it is nearly {shape}, in which an id is {_IDS.get(dialect.name, _ID)}"


def _anything(seen: list[Observation]) -> list[Observation]:
    if not seen:
        raise RefusedError("not_a_measurement")
    return seen


def _stored(document: Document | None, payload: bytes, received_at: datetime, seal: Seal) -> bytes | None:
    """Return what stays of a message: of one that was parsed what was permitted, else its sealed bytes."""
    if document is not None:
        return msgspec.json.encode(document)
    return seal(payload, received_at) if len(payload) <= MOST_STORED else None


def _refused(why: RefusedError, topic: str, payload: bytes | None, received_at: datetime) -> DecodedMessage:
    """Make the rejection of a message, with what of its topic and its payload stays."""
    name, sensor = (known.dialect.name, known.sensor or None) if (known := _known(topic)) else ("", None)
    detail, public = why.detail[:_LONGEST_DETAIL], public_topic(topic)
    return DecodedMessage(Rejection(received_at, public, name, why.reason, detail, payload, sensor), public, payload)


def unreadable(problem: Exception, topic: str, payload: bytes | None, received_at: datetime) -> DecodedMessage:
    """Make the rejection of a message that its dialect failed on.

    Its detail has only the class of the exception: the text may hold content of the message.
    """
    why = RefusedError("unreadable", f"{type(problem).__name__} while it was decoded")
    return _refused(why, topic, payload, received_at)
