"""Packing of items into frames, each with its topic and partition."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from schemas.frames import Frame, Item, cut, pack


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
