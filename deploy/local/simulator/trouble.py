"""Trouble between sensor and bridge: duplicate, late, malformed or missing messages, and unknown sensors."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from deploy.local.simulator.chance import uniform
from deploy.local.simulator.messages import SimulatedMessage
from ingest.dialects import sensor_of


class Odds(NamedTuple):
    """The probability of each kind of trouble for a message, 0 to 1."""

    duplicates: float = 0.0
    late: float = 0.0
    malformed: float = 0.0
    gaps: float = 0.0
    unknown: float = 0.0


_LATE_BY: Final = 200  # messages that overtake one that is late
_BROKEN: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda payload: payload[:-7],
    lambda payload: b"\xef\xbb\xbf" + payload,
    lambda payload: payload + payload,
    lambda payload: payload.replace(b":", b':NaN,"was":', 1),
    lambda payload: payload.replace(b"{", b'{"twice":1,"twice":2,', 1),
    lambda _: b"null",
    lambda _: b"\xff\xfe\x00",
)


def troubled(messages: Iterable[SimulatedMessage], odds: Odds, seed: int) -> Iterator[SimulatedMessage]:
    """Apply trouble to a stream of messages; an extra or late one has its kind changed."""
    delayed: deque[tuple[int, SimulatedMessage]] = deque()
    for number, message in enumerate(messages):
        while delayed and delayed[0][0] <= number:
            yield delayed.popleft()[1]
        yield from _extra(message, odds, seed, number)
        if _meets(odds.gaps, seed, "gaps", number):
            continue
        if _meets(odds.late, seed, "late", number):
            delayed.append((number + _LATE_BY, message._replace(kind="late")))
            continue
        yield message
        if _meets(odds.duplicates, seed, "duplicates", number):
            yield message._replace(kind="duplicate")
    yield from (message for _, message in delayed)


def _extra(message: SimulatedMessage, odds: Odds, seed: int, number: int) -> Iterator[SimulatedMessage]:
    if _meets(odds.malformed, seed, "malformed", number):
        spoil = _BROKEN[number % len(_BROKEN)]
        yield message._replace(payload=spoil(message.payload), kind="malformed")
    if _meets(odds.unknown, seed, "unknown", number):
        yield _from_a_stranger(message)


def _from_a_stranger(message: SimulatedMessage) -> SimulatedMessage:
    known = sensor_of(message.topic) or ""
    stranger = f"stranger-{known}"[:40]
    payload = message.payload.replace(f'"{known}"'.encode(), f'"{stranger}"'.encode(), 1)
    return SimulatedMessage(message.topic.replace(known, stranger), payload, "unknown", message.readings)


def _meets(odds: float, *names: object) -> bool:
    return odds > 0 and uniform(*names) < odds
