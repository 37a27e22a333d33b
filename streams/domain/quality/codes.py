"""Values that are no measurements: the top of an instrument's scale, and codes for a fault."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from schemas.quantities import QUANTITIES
from streams.domain.quality.series import Marks, QualityRun, instant, stretches, text
from streams.domain.quality.setting import Member, SeriesSetting

SATURATED: Final = "saturated-1"
SENTINEL: Final = "sentinel-1"
_NEAR: Final = 0.05
"""A value is a code when it is no further from it: instruments and gateways round to a tenth."""


def saturated(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:  # noqa: ARG001 - checks have one shape
    """Find readings at the highest value of the instrument, and counts at the largest number of a register."""
    series = member.series
    limit = member.limits.saturated.get(series.instrument, member.limits.saturated.get("", np.inf))
    full = series.values >= limit - _NEAR
    evidence: dict[str, object] = {"highest": float(limit)} if np.isfinite(limit) else {}
    if series.register_bits and QUANTITIES[series.quantity].counted:
        full = full | (series.values == 2**series.register_bits - 1)
        evidence["register_bits"] = series.register_bits
    yield from _runs(member, full, "saturated", SATURATED, evidence)


def sentinel(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:  # noqa: ARG001 - checks have one shape
    """Find readings that are one of the codes listed for the quantity; noise below zero is a measurement."""
    for code in member.limits.sentinels:
        yield from _runs(member, np.abs(member.series.values - code) <= _NEAR, "sentinel", SENTINEL, {"code": code})


def _runs(member: Member, marks: Marks, flag: str, rule: str, evidence: dict[str, object]) -> Iterator[QualityRun]:
    """Return a run for readings in a row; it ends with the last of them, as the next is judged by itself."""
    series = member.series
    there = np.flatnonzero(np.isfinite(series.values))
    for first, last in stretches(marks[there]):
        inside = there[first:last]
        also = evidence | {
            "value": round(float(np.max(series.values[inside])), 2),
            "readings": last - first,
            "since": text(series.starts[inside[0]]),
        }
        ended_at = instant(series.starts[inside[-1]] + series.seconds)
        yield QualityRun(series.datastream, flag, instant(series.starts[inside[0]]), ended_at, rule, also)
