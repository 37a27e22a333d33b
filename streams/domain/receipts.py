"""Which messages of a sender are done with: stored or refused, each number once, and no other of that number."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

import msgspec

from schemas.number_ranges import NONE, Ranges, has, with_numbers
from schemas.receipt import NumberedMessage, Place
from schemas.rejection import Rejection
from schemas.runs import run_in

Remembered = TypeVar("Remembered", int, str)

REMEMBERED: Final = 100
"""Messages of a run of which the digest, and the reason of a refusal, are remembered: those that came last."""

_DIALECT: Final = "ours"
_BOOT: Final = "boot"
_LARGEST: Final = 2**53

REUSED: Final = "number_reused"
"""The reason why a message is refused whose number another message has."""


class RunState(NamedTuple):
    """What is known of one run: numbers that are done with, digests of the last messages, and why some were refused."""

    sensor: str
    ranges: Ranges = NONE
    digests: Mapping[int, int] = {}
    refused: Mapping[int, str] = {}


class FinishedMessage(NamedTuple):
    """A message that is done with: its number, the digest of its bytes, and why it was refused (None: it is stored).

    The digest is None where the door refused it.
    """

    number: int
    digest: int | None
    reason: str | None


def reused(states: Mapping[int, RunState], messages: Iterable[NumberedMessage]) -> list[NumberedMessage]:
    """Return the messages that have the number of another one, which was done with or comes earlier in the batch.

    Of what is not remembered the digest is not known: it counts as the same message.
    """
    seen: dict[Place, int] = {}
    found = []
    for one in messages:
        state = states.get(one.run)
        stood = state.digests.get(one.number) if state and has(state.ranges, one.number) else None
        first = seen.setdefault((one.run, one.number), one.digest if stood is None else stood)
        if first != one.digest:
            found.append(one)
    return found


class RefusedPlace(NamedTuple):
    """A message that the door refused: who sent it, its place in the sender's sequence, and the reason."""

    sensor: str
    run: int
    number: int
    reason: str


class _Numbered(msgspec.Struct):
    boot: str
    seq: int


_DECODER: Final = msgspec.json.Decoder(_Numbered)


def refused_place(one: Rejection) -> RefusedPlace | None:
    """Return the place of a message that the door refused; None where it has none, or nothing of it can be read."""
    if one.dialect != _DIALECT or one.sensor is None or one.payload is None:
        return None
    try:
        numbered = _DECODER.decode(one.payload)
    except (ValueError, RecursionError):
        return None
    run = run_in(_BOOT, numbered.boot)
    if run is None or not 0 <= numbered.seq < _LARGEST:
        return None
    return RefusedPlace(one.sensor, run, numbered.seq, one.reason)


def after(state: RunState, done: Iterable[FinishedMessage]) -> RunState:
    """Return the state of a run after messages of it."""
    digests, refused, numbers = dict(state.digests), dict(state.refused), []
    for one in done:
        numbers.append(one.number)
        if one.digest is not None:
            digests.pop(one.number, None)
            digests[one.number] = one.digest
        refused.pop(one.number, None)
        if one.reason is not None:
            refused[one.number] = one.reason
    ranges = with_numbers(state.ranges, numbers)
    return RunState(state.sensor, ranges, _last(digests), _last(refused))


def _last(ones: dict[int, Remembered]) -> dict[int, Remembered]:
    return dict(list(ones.items())[-REMEMBERED:])
