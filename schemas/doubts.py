"""Named reasons to distrust an observation: attached as bits, never a deletion."""

from typing import Final, Literal, NamedTuple, TypeAlias

Verdict: TypeAlias = Literal["excluded", "suspect", "ok"]


class Doubt(NamedTuple):
    """One reason: its bit in `Observation.doubts`, what follows from it, and its public Dutch label."""

    name: str
    bit: int
    verdict: Verdict
    label: str


DOUBTS: Final[tuple[Doubt, ...]] = (
    Doubt("out_of_range", 1, "excluded", "onwaarschijnlijk hoge of lage waarde"),
    Doubt("from_the_future", 2, "suspect", "tijdstempel loopt voor"),
    Doubt("dst_merged", 4, "ok", "zomer- en wintertijduur samen in één rij"),
    Doubt("heard_time", 8, "suspect", "tijd van ontvangst, niet van meting"),
    Doubt("status_unknown", 16, "suspect", "onbekende statuscode van de leverancier"),
)
"""The catalogue; bits are never reused."""

OUT_OF_RANGE, FROM_THE_FUTURE, DST_MERGED, HEARD_TIME, STATUS_UNKNOWN = (doubt.bit for doubt in DOUBTS)
EXCLUDING: Final[int] = sum(doubt.bit for doubt in DOUBTS if doubt.verdict == "excluded")
"""Bits that take a value out of every sum and out of the coverage."""


def named(doubts: int) -> tuple[Doubt, ...]:
    """Give the doubts whose bits are set, in the order of the catalogue."""
    return tuple(doubt for doubt in DOUBTS if doubts & doubt.bit)
