"""The cycling share in counted traffic by the domain handbook, the reference for the SQL that computes it."""

from collections.abc import Iterable, Sequence
from math import fsum, sqrt
from typing import Final, NamedTuple

from schemas.reasons import Reason, reason
from streams.domain.coverage import enough, too_little
from streams.domain.statistics.statistic import NONE_COUNTED

Z: Final = 1.959964
CALIBRATION: Final = (0.8, 1.4)
"""The range of factors by which a bicycle counter may be off, relative to counters of other traffic."""


class CrossingInterval(NamedTuple):
    """One interval at a screenline: a count for every crossing of every mode, None where it is not valid.

    `uptime` is the measured fraction of the interval, where the counts were scaled up to the whole of it. `expected` is
    false where it does not lie wholly in the measuring windows of all: nothing is expected then, and nothing counts.
    """

    bicycles: Sequence[float | None]
    others: Sequence[float | None]
    uptime: float = 1.0
    expected: bool = True


class Paired(NamedTuple):
    """Sums over paired intervals; `seen` are the unscaled counts, on which the sampling interval depends."""

    bicycles: float = 0.0
    traffic: float = 0.0
    seen_bicycles: float = 0.0
    seen_traffic: float = 0.0
    paired: int = 0
    expected: int = 0


class Share(NamedTuple):
    """A share with its sampling interval, range of calibration and coverage; None with a reason where withheld."""

    value: float | None
    low: float | None
    high: float | None
    calibrated_low: float | None
    calibrated_high: float | None
    coverage: float | None
    withheld: Reason | None


def pair(intervals: Iterable[CrossingInterval]) -> Paired:
    """Add up the intervals in which every mode of every crossing is valid; the others only lower the coverage."""
    return pool(_one(interval) for interval in intervals)


def pool(parts: Iterable[Paired]) -> Paired:
    """Add sums of screenlines, hours or days: never the mean of shares (domain handbook, cycling share)."""
    known = list(parts)
    return Paired(
        bicycles=fsum(part.bicycles for part in known),
        traffic=fsum(part.traffic for part in known),
        seen_bicycles=fsum(part.seen_bicycles for part in known),
        seen_traffic=fsum(part.seen_traffic for part in known),
        paired=sum(part.paired for part in known),
        expected=sum(part.expected for part in known),
    )


def share(counts: Paired, calibration: tuple[float, float] = CALIBRATION) -> Share:
    """Divide the pooled sums: `Σ bicycles / Σ all counted modes`, withheld under three quarters of the intervals."""
    coverage = counts.paired / counts.expected if counts.expected else None
    if (why := _withheld(counts)) is not None:
        return Share(None, None, None, None, None, coverage, why)
    low, high = wilson(counts.seen_bicycles, counts.seen_traffic)
    calibrated_low, calibrated_high = (
        calibrated(counts.bicycles, counts.traffic - counts.bicycles, factor) for factor in calibration
    )
    value = counts.bicycles / counts.traffic
    return Share(value, low, high, calibrated_low, calibrated_high, coverage, None)


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Return the 95 % Wilson interval of `part` out of `whole`: sampling only, not the bias of counters."""
    p, slack = part / whole, Z * Z / whole
    centre = (p + slack / 2) / (1 + slack)
    half = Z * sqrt(max(0.0, p * (1 - p)) / whole + slack / (4 * whole)) / (1 + slack)
    return max(0.0, centre - half), min(1.0, centre + half)


def calibrated(bicycles: float, others: float, bicycle_factor: float, other_factor: float = 1.0) -> float | None:
    """Return the share if counters were off by these factors: `aB / (aB + bC)`."""
    scaled = bicycle_factor * bicycles
    traffic = scaled + other_factor * others
    return scaled / traffic if traffic else None


def _one(interval: CrossingInterval) -> Paired:
    if not interval.expected:
        return Paired()
    bicycles, others = _whole(interval.bicycles), _whole(interval.others)
    if bicycles is None or others is None or interval.uptime <= 0:
        return Paired(expected=1)
    traffic = bicycles + others
    return Paired(bicycles, traffic, bicycles * interval.uptime, traffic * interval.uptime, paired=1, expected=1)


def _whole(counts: Sequence[float | None]) -> float | None:
    valid = [count for count in counts if count is not None]
    return fsum(valid) if valid and len(valid) == len(counts) else None


def _withheld(counts: Paired) -> Reason | None:
    if counts.expected == 0:
        return reason("modes_missing")
    if not enough(counts.paired, counts.expected):
        return too_little(counts.paired, counts.expected)
    return None if counts.traffic else NONE_COUNTED
