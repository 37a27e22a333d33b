"""MQTT 5 on the wire, as far as the bridge touches it itself: PUBLISH packets in, PUBACK packets out."""

from typing import Final, NamedTuple

PUBLISH: Final = 0x30
PUBACK: Final = 0x40
_MAX_LENGTH_BYTES = 4
_QOS: Final = 0x06
_DUP: Final = 0x08


class MalformedPacketError(Exception):
    """The broker sent bytes that are no MQTT; drop the connection, everything unacknowledged comes again."""


class Publish(NamedTuple):
    """One message; `mid` is 0 where its sender asked for no acknowledgement (QoS 0), `again` is the sign called DUP."""

    mid: int
    topic: str
    payload: bytes
    again: bool = False


def body_of(data: bytes, start: int) -> tuple[int, int] | None:
    """Find the body of the packet that starts here as (from, to); None while it is not whole."""
    length = shift = 0
    for at in range(start + 1, min(start + 1 + _MAX_LENGTH_BYTES, len(data))):
        byte = data[at]
        length |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004  the top bit says that the length goes on
            end = at + 1 + length
            return (at + 1, end) if end <= len(data) else None
        shift += 7
    if len(data) - start > _MAX_LENGTH_BYTES:
        raise MalformedPacketError("a length of more than four bytes")
    return None


def publish(data: bytes, start: int, end: int, *, flags: int) -> Publish:
    """Read the body of a PUBLISH packet; `flags` is its first byte. Its properties are skipped, we ask for none.

    A topic that is not UTF-8 is spelled with escapes: whoever ended the connection for it would get it again for ever.
    """
    at = start + 2 + (data[start] << 8 | data[start + 1])
    topic = data[start + 2 : at].decode(errors="backslashreplace")
    mid = 0
    if flags & _QOS:
        mid = data[at] << 8 | data[at + 1]
        at += 2
    length = data[at]
    at += 1
    if length > 0x7F:  # noqa: PLR2004  as above
        found = body_of(data[:end], at - 2)
        if found is None:
            raise MalformedPacketError("properties longer than their packet")
        at, length = found[0], found[1] - found[0]
    return Publish(mid, topic, data[at + length : end], bool(flags & _DUP))


def marked(topic: str, mid: int, payload: bytes) -> bytes:
    """Write a PUBLISH of QoS 1 that is short: topic and payload together at most 120 bytes."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + b"\x00" + payload
    return bytes([PUBLISH | 2, len(body)]) + body


def pubacks(mids: list[int]) -> bytes:
    """Write one PUBACK (success) for each message id, in order, as one piece."""
    return b"".join([b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids])
