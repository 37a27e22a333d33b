"""The quality checks: each is a generator of sentences, and sets the quality flag of its name."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from math import isfinite
from typing import Final, TypeAlias

from schemas.observation import Observation
from schemas.quality_flags import QUALITY_FLAGS
from streams.domain.datastreams import ValidDatastream
from streams.domain.measuring_window import can_measure

Check: TypeAlias = Callable[[Observation, ValidDatastream], Iterator[str]]
CHECKS: Final[list[tuple[int, Check]]] = []
_BITS: Final = {quality_check.name: quality_check.bit for quality_check in QUALITY_FLAGS}
_LARGEST: Final = 1e12
_LARGEST_NUMBER: Final = 2**63 - 1
_AHEAD: Final = timedelta(minutes=1)
_MERGED: Final = _BITS["dst_merged"]


def quality_check(function: Check) -> Check:
    """Register a check; its name is the quality flag that it raises."""
    CHECKS.append((_BITS[function.__name__], function))
    return function


def validate(seen: Observation, stream: ValidDatastream) -> int:
    """Return the quality flags of an observation: its own, and those of every check that yields a sentence."""
    quality_flags = seen.quality_flags
    for bit, check in CHECKS:
        for _ in check(seen, stream):
            quality_flags |= bit
    return quality_flags


@quality_check
def out_of_range(seen: Observation, stream: ValidDatastream) -> Iterator[str]:
    """The value is outside of the plausible range of one interval; a row of two autumn hours holds two.

    What lies beside the grid is judged when its own interval is known (`streams.domain.measurement`).
    """
    if seen.value is None:
        return
    high = stream.high * 2 if seen.quality_flags & _MERGED else stream.high
    if not stream.low <= seen.value <= high and seen.ended_at - seen.started_at == stream.interval:
        yield f"{seen.value} is not between {stream.low} and {high}"


@quality_check
def from_the_future(seen: Observation, stream: ValidDatastream) -> Iterator[str]:  # noqa: ARG001 - checks have one shape
    """The interval ends more than a minute after the reception."""
    if seen.ended_at - seen.received_at > _AHEAD:
        yield f"ended {seen.ended_at - seen.received_at} after it was received"


@quality_check
def outside_window(seen: Observation, stream: ValidDatastream) -> Iterator[str]:
    """The interval does not lie wholly in the measuring window: a camera sends zeros all night and sees nothing.

    Of what lies beside the grid the rows of the grid are judged (`streams.domain.measurement`).
    """
    if stream.placed_window and not can_measure(stream.placed_window, seen.started_at, seen.ended_at):
        yield f"{seen.started_at} is outside of {stream.placed_window}"


def unstorable(seen: Observation) -> str | None:
    """Return why no table can hold this observation, None where it can; a dialect should have refused it."""
    if seen.value is not None and not (isfinite(seen.value) and abs(seen.value) < _LARGEST):
        return f"the value of {seen.source} is {seen.value}"
    if not 0 <= seen.uptime <= 1:
        return f"the uptime of {seen.source} is {seen.uptime}"
    if seen.ended_at < seen.started_at:
        return f"{seen.source} ends before it starts"
    if not (0 <= (seen.number or 0) <= _LARGEST_NUMBER and abs(seen.run or 0) <= _LARGEST_NUMBER):
        return f"{seen.source} is number {seen.number} of run {seen.run}"
    return None
