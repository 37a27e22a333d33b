"""The quality flags: named reasons to distrust an observation, attached as bits."""

from typing import Final, Literal, NamedTuple, TypeAlias

Consequence: TypeAlias = Literal["excluded", "suspect", "ok"]


class QualityFlag(NamedTuple):
    """One quality flag: its bit in `Observation.quality_flags`, and whether it excludes the value."""

    name: str
    bit: int
    verdict: Consequence


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
) = (quality_flag.bit for quality_flag in QUALITY_FLAGS)
EXCLUDING: Final[int] = sum(quality_flag.bit for quality_flag in QUALITY_FLAGS if quality_flag.verdict == "excluded")
"""Bits that take a value out of every sum and out of the coverage."""


def named(quality_flags: int) -> tuple[QualityFlag, ...]:
    """Return the quality flags whose bits are set, in the order of the catalogue."""
    return tuple(quality_flag for quality_flag in QUALITY_FLAGS if quality_flags & quality_flag.bit)
