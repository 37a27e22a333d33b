"""Receipts: what senders that number their messages are told, and what is known of a message for that."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias
from zlib import crc32

import msgspec

from schemas.number_ranges import Ranges

HEADER: Final = "numbered"
"""The header of a frame of observations in which its numbered messages are named."""

_ENCODER: Final = msgspec.msgpack.Encoder()
_CRC: Final = 4
_DIGEST: Final = 8


class NumberedMessage(NamedTuple):
    """One numbered message in a frame: its place in its sender's sequence, the digest of its bytes, its observations.

    They are the `size` items of the frame from `first` on. `run` is `schemas.observation.run_of` its boot.
    """

    sensor: str
    run: int
    number: int
    digest: int
    first: int
    size: int


class Receipt(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is done with of one run of a sender, as numbers of messages: stored, or refused.

    `refused` are those that were refused just now, each with its reason (a key of `schemas.rejection.REASONS`).
    """

    sensor: str
    run: int
    ranges: Ranges
    refused: tuple[tuple[int, str], ...] = ()


Place: TypeAlias = tuple[int, int]
"""The run and the number of a message."""

_DECODER: Final = msgspec.msgpack.Decoder(list[NumberedMessage])


def bytes_digest(payload: bytes) -> int:
    """Return 64 bits of the SHA-256 of a message as it was sent: what is sent again has the same."""
    return int.from_bytes(sha256(payload).digest()[:_DIGEST], signed=True)


def numbered_header(messages: Iterable[NumberedMessage]) -> tuple[str, bytes]:
    """Return the header that names the numbered messages of a frame, with a checksum before it."""
    value = _ENCODER.encode(list(messages))
    return HEADER, crc32(value).to_bytes(_CRC, "big") + value


def numbered_in(headers: Iterable[tuple[str, bytes]]) -> list[NumberedMessage]:
    """Return the numbered messages that a frame names; none where the header is damaged, as they are sent again."""
    value = next((value for name, value in headers if name == HEADER), None)
    if value is None or crc32(value[_CRC:]).to_bytes(_CRC, "big") != value[:_CRC]:
        return []
    try:
        return _DECODER.decode(value[_CRC:])
    except msgspec.MsgspecError:
        return []
