"""Frames: many readings in one Kafka record, packed with msgpack and guarded by a checksum."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias, TypeVar
from zlib import crc32

import msgspec

from schemas.observation import Observation, RawMessage
from schemas.receipt import Receipt
from schemas.rejection import Rejection
from schemas.watermark import Watermark

MAX_ITEMS: Final[int] = 500
"""Items in one frame, at most."""
MAX_BYTES: Final[int] = 900_000
"""Payload of one frame in bytes, at most: below Kafka's default `message.max.bytes` of 1,048,588."""

Header: TypeAlias = tuple[str, bytes]
Item = TypeVar("Item", RawMessage, Observation, Rejection, Watermark, Receipt)

_ENCODER = msgspec.msgpack.Encoder()
_ITEM_BYTES = 160  # what an item needs beside its fields of variable length, generously
_CHARACTER_BYTES = 4  # of UTF-8, at most
_RANGE_BYTES, _REFUSAL_BYTES = 19, 80


class FrameDamagedError(Exception):
    """The bytes of a frame are not those that were written; set it aside whole, never skip it silently."""


class Frame(NamedTuple):
    """One Kafka record: the packed items and the headers that describe them."""

    value: bytes
    headers: list[Header]


def pack(items: Sequence[Item], *, frame_id: str, writer: str) -> Frame:
    """Pack items of one class, at least one; its name is the schema."""
    value = _ENCODER.encode(items)
    headers = [
        ("schema", _schema(type(items[0])).encode()),
        ("n", str(len(items)).encode()),
        ("writer", writer.encode()),
        ("frame", frame_id.encode()),
        ("crc", b"%08x" % crc32(value)),
    ]
    return Frame(value, headers)


def cut(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Split a stream of items into lists that fit one frame, by count and by bytes."""
    batch: list[Item] = []
    size = 0
    for item in items:
        weight = _weight(item)
        if batch and (len(batch) == MAX_ITEMS or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += weight
    if batch:
        yield batch


def cut_between(messages: Iterable[Sequence[Item]]) -> Iterator[list[Sequence[Item]]]:
    """Split a stream of messages into lists whose items fit one frame; a message that fits is in one list whole."""
    batch: list[Sequence[Item]] = []
    items = size = 0
    for message in messages:
        weight = sum(map(_weight, message))
        if batch and (items + len(message) > MAX_ITEMS or size + weight > MAX_BYTES):
            yield batch
            batch, items, size = [], 0, 0
        batch.append(message)
        items, size = items + len(message), size + weight
    if batch:
        yield batch


def _weight(item: Item) -> int:
    """Return an upper bound of the packed bytes of an item."""
    if type(item) is Observation:  # asked first and not by `isinstance`, which is slow to say no
        return _ITEM_BYTES
    if isinstance(item, RawMessage):
        return _ITEM_BYTES + len(item.payload) + _CHARACTER_BYTES * len(item.topic)
    if isinstance(item, Rejection):
        return _ITEM_BYTES + len(item.payload or b"") + _CHARACTER_BYTES * (len(item.topic) + len(item.detail))
    if isinstance(item, Receipt):
        return _ITEM_BYTES + _RANGE_BYTES * len(item.ranges) + _REFUSAL_BYTES * len(item.refused)
    return _ITEM_BYTES


def _schema(kind: type) -> str:
    return f"{kind.__name__.lower()}/1"


def _unpacker(kind: type[Item]) -> Callable[[bytes | None, Iterable[Header]], list[Item]]:
    decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
    schema = _schema(kind).encode()

    def unpack(value: bytes | None, headers: Iterable[Header]) -> list[Item]:
        """Unpack one frame; raise FrameDamagedError when checksum, schema or count do not match its bytes."""
        named = dict(headers)
        if value is None:
            raise FrameDamagedError("a record without a value")
        if named.get("schema") != schema:
            msg = f"a frame of schema {named.get('schema')!r} where {schema!r} was expected"
            raise FrameDamagedError(msg)
        if named.get("crc") != b"%08x" % crc32(value):
            msg = f"frame {named.get('frame')!r} has checksum {crc32(value):08x}, its header says {named.get('crc')!r}"
            raise FrameDamagedError(msg)
        try:
            items: list[Item] = decoder.decode(value)
        except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
            msg = f"frame {named.get('frame')!r} does not hold what {schema!r} says: {problem}"
            raise FrameDamagedError(msg) from problem
        if named.get("n") != str(len(items)).encode():
            msg = f"frame {named.get('frame')!r} holds {len(items)} items, its header says {named.get('n')!r}"
            raise FrameDamagedError(msg)
        return items

    return unpack


unpack_raw = _unpacker(RawMessage)
unpack_observations = _unpacker(Observation)
unpack_rejections = _unpacker(Rejection)
unpack_watermarks = _unpacker(Watermark)
unpack_receipts = _unpacker(Receipt)


def frame_of(headers: Iterable[Header]) -> str | None:
    """Return the id of a frame as text that a table can hold, whatever its bytes are; None where it has none."""
    name = dict(headers).get("frame")
    return name.decode("utf-8", "replace").replace("\0", "\ufffd") if name is not None else None


def is_watermark(headers: Iterable[Header]) -> bool:
    """Return whether a frame of topic `observations` holds watermarks instead of observations."""
    return dict(headers).get("schema") == _schema(Watermark).encode()
