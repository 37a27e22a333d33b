"""Named reasons to distrust an observation: attached as bits, never a deletion."""

from typing import Final, Literal, NamedTuple, TypeAlias

Verdict: TypeAlias = Literal["excluded", "suspect", "ok"]


class Doubt(NamedTuple):
    """One reason: its bit in `Observation.doubts`, and what follows from it."""

    name: str
    bit: int
    verdict: Verdict


DOUBTS: Final[tuple[Doubt, ...]] = (
    Doubt("out_of_range", 1, "excluded"),
    Doubt("from_the_future", 2, "suspect"),
    Doubt("dst_merged", 4, "ok"),
    Doubt("heard_time", 8, "suspect"),
    Doubt("status_unknown", 16, "suspect"),
)
"""The catalogue; bits are never reused."""

OUT_OF_RANGE, FROM_THE_FUTURE, DST_MERGED, HEARD_TIME, STATUS_UNKNOWN = (doubt.bit for doubt in DOUBTS)
EXCLUDING: Final[int] = sum(doubt.bit for doubt in DOUBTS if doubt.verdict == "excluded")
"""Bits that take a value out of every sum and out of the coverage."""


def named(doubts: int) -> tuple[Doubt, ...]:
    """Give the doubts whose bits are set, in the order of the catalogue."""
    return tuple(doubt for doubt in DOUBTS if doubts & doubt.bit)
