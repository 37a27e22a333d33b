"""The quality flags: named reasons to distrust an observation, attached as bits."""

from typing import Final, Literal, NamedTuple, TypeAlias

Consequence: TypeAlias = Literal["excluded", "suspect", "ok"]


Attached: TypeAlias = Literal["message", "finding"]


class QualityFlag(NamedTuple):
    """One quality flag: its bit, whether it excludes the value, and by what it is attached.

    By its `message`, when it is decoded or stored (`Observation.quality_flags`); or by a `finding` about a run of the
    datastream, made afterwards from many observations or by a person (column `found_flags`).
    """

    name: str
    bit: int
    verdict: Consequence
    attached: Attached = "message"


QUALITY_FLAGS: Final[tuple[QualityFlag, ...]] = (
    QualityFlag("out_of_range", 1, "excluded"),
    QualityFlag("from_the_future", 2, "suspect"),
    QualityFlag("dst_merged", 4, "ok"),
    QualityFlag("received_time", 8, "suspect"),
    QualityFlag("status_unknown", 16, "suspect"),
    QualityFlag("restarted", 32, "suspect"),
    QualityFlag("gap_whole", 64, "suspect"),
    QualityFlag("few_samples", 128, "excluded"),
    QualityFlag("status_bad", 256, "excluded"),
    QualityFlag("status_suspect", 512, "suspect"),
    QualityFlag("dead", 1024, "excluded", "finding"),
    QualityFlag("blind", 2048, "excluded", "finding"),
    QualityFlag("stuck", 4096, "excluded", "finding"),
    QualityFlag("spike", 8192, "excluded", "finding"),
    QualityFlag("event", 16384, "suspect", "finding"),
    QualityFlag("saturated", 32768, "excluded", "finding"),
    QualityFlag("sentinel", 65536, "excluded", "finding"),
    QualityFlag("clock_skew", 131072, "suspect", "finding"),
    QualityFlag("unlike_neighbours", 262144, "suspect", "finding"),
    QualityFlag("by_hand", 524288, "excluded", "finding"),
    QualityFlag("maintenance", 1048576, "excluded", "finding"),
    QualityFlag("outside_window", 2097152, "excluded"),
)
"""The catalogue; bits are never reused."""

(
    OUT_OF_RANGE,
    FROM_THE_FUTURE,
    DST_MERGED,
    RECEIVED_TIME,
    STATUS_UNKNOWN,
    RESTARTED,
    GAP_WHOLE,
    FEW_SAMPLES,
    STATUS_BAD,
    STATUS_SUSPECT,
    DEAD,
    BLIND,
    STUCK,
    SPIKE,
    EVENT,
    SATURATED,
    SENTINEL,
    CLOCK_SKEW,
    UNLIKE_NEIGHBOURS,
    BY_HAND,
    MAINTENANCE,
    OUTSIDE_WINDOW,
) = (quality_flag.bit for quality_flag in QUALITY_FLAGS)
EXCLUDING: Final[int] = sum(quality_flag.bit for quality_flag in QUALITY_FLAGS if quality_flag.verdict == "excluded")
"""Bits that take a value out of every sum and out of the coverage."""
FOUND: Final[int] = sum(quality_flag.bit for quality_flag in QUALITY_FLAGS if quality_flag.attached == "finding")
"""Bits that findings attach; no message has them."""


def named(quality_flags: int) -> tuple[QualityFlag, ...]:
    """Return the quality flags whose bits are set, in the order of the catalogue."""
    return tuple(quality_flag for quality_flag in QUALITY_FLAGS if quality_flags & quality_flag.bit)
