"""When which fault begins and how long it lasts: drawn before the first one, the same from the same seed."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from bench.chaos.faults import Fault

KILL_EVERY: Final = 11.0
"""Seconds between two instantaneous faults, on average."""
HOLD_EVERY: Final = 10.0
"""Seconds between the end of a fault with a duration and the next such fault, on average."""
SHORTEST, LONGEST = 5.0, 90.0
"""The shortest and the longest duration of a fault, in seconds."""
APART: Final = 12.0
"""Seconds before and after a fault without another one on the same service."""
_EARLIEST: Final = 3.0
_TRIES: Final = 20


class Planned(NamedTuple):
    """A fault, its start in seconds after the beginning, and its duration (0 where it is instantaneous)."""

    at: float
    fault: Fault
    seconds: float = 0.0


def plan(faults: Sequence[Fault], seconds: float, seed: int) -> list[Planned]:
    """Draw all faults of a run; all end within it, and no service has two at a time."""
    draw = Random(seed)  # noqa: S311 - a game, no secret
    holding = list(_holds([one for one in faults if one.lasts], seconds, draw))
    killing = _kills([one for one in faults if not one.lasts], seconds, draw, holding)
    return sorted([*holding, *killing], key=lambda one: one.at)


def _holds(faults: Sequence[Fault], seconds: float, draw: Random) -> Iterator[Planned]:
    at = _EARLIEST
    while faults:
        at += draw.expovariate(1 / HOLD_EVERY)
        lasts = SHORTEST + (min(LONGEST, seconds / 4) - SHORTEST) * draw.random() ** 2
        if at + lasts > seconds:
            return
        yield Planned(at, _drawn(faults, draw), max(1.0, lasts))
        at += lasts


def _kills(faults: Sequence[Fault], seconds: float, draw: Random, holding: Iterable[Planned]) -> Iterator[Planned]:
    held = list(holding)
    at = _EARLIEST
    while faults and (at := at + max(1.0, draw.expovariate(1 / KILL_EVERY))) < seconds:
        found = (Planned(at, _drawn(faults, draw)) for _ in range(_TRIES))
        yield from [one for one in found if not any(_meets(one, other) for other in held)][:1]


def _drawn(faults: Sequence[Fault], draw: Random) -> Fault:
    return draw.choices(faults, [one.weight for one in faults])[0]


def _meets(one: Planned, held: Planned) -> bool:
    near = held.at - APART <= one.at <= held.at + held.seconds + APART
    return near and bool({*one.fault.victims} & {*held.fault.victims})
