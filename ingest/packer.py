"""Packing of items into frames, each with its topic and partition."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

from schemas.frames import MAX_ITEMS, Frame, Item, cut, cut_between, pack
from schemas.observation import Observation
from schemas.receipt import NumberedMessage, numbered_header

Digests: TypeAlias = Mapping[int, int]
"""The digest of the bytes of each message that earns a receipt, by its place among the messages."""


class Addressed(NamedTuple):
    """One frame, and the partition it goes to."""

    topic: str
    partition: int
    frame: Frame


class Packer:
    """Packs items by partition; its frames are numbered within `run`."""

    def __init__(self, writer: str, run: str) -> None:
        self._writer = writer
        self._run = run
        self._numbers = count(1)

    def pack(self, topic: str, parts: Mapping[int, Sequence[Item]]) -> Iterator[Addressed]:
        """Split the items of each partition into frames of a size that Kafka takes."""
        for partition, items in parts.items():
            for piece in cut(items):
                frame = pack(piece, frame_id=f"{self._run}-{next(self._numbers)}", writer=self._writer)
                yield Addressed(topic, partition, frame)

    def pack_messages(
        self, topic: str, parts: Mapping[int, Sequence[Sequence[Observation]]], digests: Mapping[int, Digests]
    ) -> Iterator[Addressed]:
        """Split messages into frames, no message of one frame's size over two, and name those that earn a receipt.

        `digests` are by partition, as the messages are.
        """
        for partition, messages in parts.items():
            earning, place = digests.get(partition, {}), 0
            for piece in cut_between(messages):
                items = [one for message in piece for one in message]
                whole = len(items) <= MAX_ITEMS
                for frame in [items] if whole else cut(items):
                    packed = pack(frame, frame_id=f"{self._run}-{next(self._numbers)}", writer=self._writer)
                    if earning and whole:
                        packed.headers.extend(_names(piece, earning, place))
                    yield Addressed(topic, partition, packed)
                place += len(piece)


def _names(piece: Sequence[Sequence[Observation]], digests: Digests, place: int) -> Iterator[tuple[str, bytes]]:
    """Yield the header of a frame that holds some messages, the first of which has this place, if it needs one."""
    found, first = [], 0
    for at, message in enumerate(piece, place):
        digest, one = digests.get(at), message[0]
        if digest is not None and one.run is not None and one.number is not None:
            found.append(NumberedMessage(one.sensor, one.run, one.number, digest, first, len(message)))
        first += len(message)
    if found:
        yield numbered_header(found)
