"""What was seen: one value of one source over one interval, and the bytes it was received in."""

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

import msgspec


class RawMessage(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Raw bytes as they arrived, before anybody tried to read them.

    `received_at` is aware UTC, strictly increasing over all new messages of one bridge, across restarts too; a message
    that comes again bears the moment in which it was first received. `packet_id` is the id with which the broker waits
    for its acknowledgement, 0 where it does not.
    """

    received_at: datetime
    topic: str
    payload: bytes
    packet_id: int = 0


class Observation(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One value over [`started_at`, `ended_at`), in the unit of its quantity; times are aware UTC.

    `sensor` and `source` say whose value it is in the sender's own words; the registry makes the pair a datastream.
    `value` is None where the sender says that it did not measure. `uptime` is the fraction 0..1 of the interval
    really measured. `quality_flags` are the bits of `schemas.quality_flags`.
    An observation whose ends are equal is an instant: its interval is the registry's.
    `run` and `number` are the place of its message in the sender's own sequence (see `run_of`), both None where the
    sender does not number what it says: within a run, a higher number was said later.
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


@lru_cache(maxsize=8192)
def run_of(sensor: str, kind: str, name: str) -> int:
    """Name one run of a sender (a boot, a session) by 64 bits of a digest: stable, and nobody's address."""
    digest = blake2b(f"{sensor}\0{kind}\0{name}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
