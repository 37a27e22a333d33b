"""Measurements, each with a comparison of the same run, since times alone say little about another machine."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

PERCENTILES: Final[tuple[int, ...]] = (50, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One line of the table: a value, and another that was measured in the same run and unit."""

    bench: str
    what: str
    value: float
    unit: str
    beside: float
    beside_what: str

    @property
    def ratio(self) -> float:
        """Return the value divided by the other; None where there is none."""
        return self.value / self.beside if self.beside else float("nan")


def percentile(values: Sequence[float], share: int) -> float:
    """Return the smallest value that at least `share` per cent of all values do not exceed."""
    return sorted(values)[max(0, ceil(len(values) * share / 100) - 1)]


def delays(
    bench: str, what: str, seconds: Sequence[float], beside: Sequence[float], beside_what: str
) -> list[Measurement]:
    """Return the percentiles of some delays, in milliseconds, beside those of others."""
    return [
        Measurement(
            bench=bench,
            what=f"{what}, p{share}",
            value=percentile(seconds, share) * 1000,
            unit="ms",
            beside=percentile(beside, share) * 1000,
            beside_what=f"{beside_what}, p{share}",
        )
        for share in PERCENTILES
    ]


def shown(value: float) -> str:
    """Format a number with three significant digits."""
    if value != value:  # noqa: PLR0124 - the one number that is not itself
        return "-"
    if abs(value) >= 100:  # noqa: PLR2004 - three digits before the point are enough
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}"


def as_json(measurements: Iterable[Measurement]) -> str:
    """Return all measurements as JSON."""
    return json.dumps([{**vars(one), "ratio": one.ratio} for one in measurements], indent=2)
