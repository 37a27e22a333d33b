"""Readings of a sensor before they are spooled: as lines of JSON, checked by the dialect that the platform has."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from ingest.dialects import decode, ours
from schemas.failures import CheckFailedError
from schemas.observation import Observation
from schemas.quantities import QUANTITIES
from schemas.rejection import Rejection
from schemas.topics import backfill_topic

MOST: Final = 200
"""Readings of one message: the longest make 50 kB, and the broker takes 64."""


class ReadingRefusedError(CheckFailedError):
    """A reading that the platform would refuse; nothing of what was handed over with it is spooled."""


class EdgeReading(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One value over [`start`, `end`), in the unit of its quantity: a message of our dialect has the same words.

    `value` is None where nothing was measured; `uptime` is the fraction 0..1 of the interval that was.
    """

    quantity: str
    start: datetime
    end: datetime
    value: int | float | None
    channel: str | None = None
    uptime: float = 1.0


_DECODER: Final = msgspec.json.Decoder(EdgeReading)


def readings_in(lines: Iterable[str | bytes]) -> Iterator[EdgeReading]:
    """Yield the readings of lines of JSON; raise ReadingRefusedError for a line that is none, with its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _DECODER.decode(line)
        except (ValueError, msgspec.MsgspecError) as problem:
            raise ReadingRefusedError(f"line {number} is no reading: {problem}") from problem


def observations(sensor: str, readings: Sequence[EdgeReading]) -> list[Observation]:
    """Return readings as observations of a sensor; raise ReadingRefusedError for a time without an offset."""
    if naive := next((one for one in readings if one.start.tzinfo is None or one.end.tzinfo is None), None):
        raise ReadingRefusedError(f"{naive.start} has no offset from UTC: write 2026-05-12T06:00:00Z")
    return [_observation(sensor, one) for one in readings]


def refuse(sensor: str, payload: bytes, seen: Sequence[Observation]) -> None:
    """Raise ReadingRefusedError where the platform would refuse a message that comes as soon as it is measured."""
    outcome = decode(backfill_topic(sensor), payload, max(one.ended_at for one in seen))
    if isinstance(outcome, Rejection):
        raise ReadingRefusedError(f"the platform would refuse this ({outcome.reason}): {outcome.detail}")


def _observation(sensor: str, one: EdgeReading) -> Observation:
    source = one.quantity if one.channel is None else f"{one.quantity}/{one.channel}"
    start, end = one.start.astimezone(UTC), one.end.astimezone(UTC)
    return Observation(sensor, source, start, end, one.value, one.uptime, end)


def encode(seen: Sequence[Observation], boot: str, seq: int) -> bytes:
    """Return observations as one message of our dialect; raise ReadingRefusedError for what is of no quantity."""
    for one in seen:
        quantity = QUANTITIES.get(one.source.partition("/")[0])
        if quantity is None:
            raise ReadingRefusedError(f"{one.source} is of no quantity of the catalogue")
        if quantity.counted and one.value is not None and one.value % 1:
            raise ReadingRefusedError(f"{quantity.name} are counted: {one.value} is no whole number")
    return ours.encode(seen, boot=boot, seq=seq)
