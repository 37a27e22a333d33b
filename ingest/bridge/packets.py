"""The MQTT 5 packets that the bridge decodes and encodes itself: PUBLISH in, PUBACK and short PUBLISH out."""

from typing import Final, TypeAlias

PUBLISH: Final = 0x30
PUBACK: Final = 0x40
_LAST: Final = 0x80  # a byte of a length below it is the last one
_MAX_SHIFT: Final = 28  # of four bytes with seven bits each
_QOS: Final = 0x06
_DUP: Final = 0x08


class MalformedPacketError(Exception):
    """The broker sent bytes that are no MQTT; drop the connection, everything unacknowledged comes again."""


Publish: TypeAlias = tuple[int, str, bytes, bool]
"""One message: its packet id, 0 where its sender asked for no acknowledgement (QoS 0), topic, payload, and flag DUP."""


def body_of(data: bytes, start: int) -> tuple[int, int] | None:
    """Return the range (from, to) of the body of the packet that starts at `start`; None while it is incomplete."""
    at, known = start + 1, len(data)
    length = shift = 0
    while at < known:
        byte = data[at]
        at += 1
        if byte < _LAST:
            end = at + (length | byte << shift)
            return (at, end) if end <= known else None
        length |= (byte & 0x7F) << shift
        shift += 7
        if shift == _MAX_SHIFT:
            raise MalformedPacketError("a length of more than four bytes")
    return None


def publish(data: bytes, start: int, end: int, *, flags: int) -> Publish:
    """Decode the body of a PUBLISH packet; `flags` is its first byte. Its properties are skipped.

    A topic that is not UTF-8 gets escapes: closing the connection for it would bring the same packet again.
    """
    at = start + 2 + (data[start] << 8 | data[start + 1])
    topic = str(data[start + 2 : at], "utf-8", "backslashreplace")
    mid = 0
    if flags & _QOS:
        mid = data[at] << 8 | data[at + 1]
        at += 2
    length = data[at]
    at += 1
    if length >= _LAST:
        found = body_of(data[:end], at - 2)
        if found is None:
            raise MalformedPacketError("properties longer than their packet")
        at, length = found[0], found[1] - found[0]
    return mid, topic, data[at + length : end], flags & _DUP != 0


def marked(topic: str, mid: int, payload: bytes) -> bytes:
    """Encode a PUBLISH of QoS 1 whose topic and payload are together at most 120 bytes."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + b"\x00" + payload
    return bytes([PUBLISH | 2, len(body)]) + body


def pubacks(mids: list[int]) -> bytes:
    """Encode one PUBACK (success) for each packet id, in order, as one byte string."""
    return b"".join([b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids])
