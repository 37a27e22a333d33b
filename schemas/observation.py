"""The observation, and the raw message that it was decoded from."""

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

import msgspec


class RawMessage(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What stays of a message before it is decoded: its document, or sealed bytes of what cannot be parsed.

    `received_at` is aware UTC, strictly increasing over all new messages of one bridge, across restarts too; a message
    that is delivered again has that of its first delivery. `packet_id` is its MQTT packet id, 0 for QoS 0.
    """

    received_at: datetime
    topic: str
    payload: bytes
    packet_id: int = 0


class Observation(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One value over [`started_at`, `ended_at`), in the unit of its quantity; times are aware UTC.

    `sensor` and `source` are the sender's own names; the registry maps the pair to a datastream. `value` is None where
    the sender reports that it did not measure. `uptime` is the fraction 0..1 of the interval that was measured.
    `quality_flags` are the bits of `schemas.quality_flags`.
    An observation whose ends are equal is an instant: its interval is the registry's.
    `run` and `number` are the place of its message in the sender's own sequence (see `run_of`), both None where the
    sender does not number its messages: within a run, a higher number was sent later.
    `decoded_at` is when a replay decoded its message again, None where it was decoded as it was received: of two
    decodings of one reception the later one stands.
    """

    sensor: str
    source: str
    started_at: datetime
    ended_at: datetime
    value: float | None
    uptime: float
    received_at: datetime
    quality_flags: int = 0
    run: int | None = None
    number: int | None = None
    decoded_at: datetime | None = None


@lru_cache(maxsize=8192)
def run_of(sensor: str, kind: str, name: str) -> int:
    """Return a 64-bit digest for one run of a sender (a boot, a session): stable, and no address of a device."""
    digest = blake2b(f"{sensor}\0{kind}\0{name}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
