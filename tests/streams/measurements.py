"""Measurements for tests: times are seconds after midnight of a day, as whole microseconds inside."""

from collections.abc import Iterable

from schemas.quality_flags import EXCLUDING
from streams.domain.datastreams import SamplingRule, ValidDatastream
from streams.domain.measurement.grid import grid
from streams.domain.measurement.identity import UNNUMBERED, SensorMeasurement
from streams.domain.measurement.intervals import SECOND, intervals, microseconds_of
from tests.streams.observations import NOON, stream

START = microseconds_of(NOON)


def frame(value: float | None, at: float, number: int = UNNUMBERED, **other: object) -> SensorMeasurement:
    """Make a frame so many seconds after NOON, received a second later; one with a number is of run 1."""
    instant = START + round(at * SECOND)
    fields = {"run": 0 if number == UNNUMBERED else 1, "received_at": instant + SECOND, "number": number, **other}
    return SensorMeasurement(instant, instant, value, **{"uptime": 1.0, "quality_flags": 0, **fields})  # type: ignore[arg-type] # as the caller says


def stated(value: float | None, start: float, end: float, **other: object) -> SensorMeasurement:
    """Make an interval from and to so many seconds after NOON, received a second after it ended."""
    low, high = (START + round(one * SECOND) for one in (start, end))
    fields = {"uptime": 1.0, "quality_flags": 0, "received_at": high + SECOND, **other}
    return SensorMeasurement(low, high, value, **fields)  # type: ignore[arg-type] # likewise


def sampled(sampling: str = "increment", every: int = 0, **other: object) -> ValidDatastream:
    """Make the datastream of quarters of `seen` with another rule."""
    rule = {name: other.pop(name) for name in ("bits", "restart", "gap") if name in other}
    return stream(rule=SamplingRule(sampling, every, **rule), **other)  # type: ignore[arg-type] # likewise


def rows(ones: Iterable[SensorMeasurement], of: ValidDatastream) -> dict[float, tuple[float | None, float, int]]:
    """Give the rows of the grid by their start in seconds after NOON: value, uptime in thousandths, flags."""
    found = grid(intervals(ones, of), of).values()
    return {
        (row.started_at - START) / SECOND: (row.value, round(row.uptime, 3), row.quality_flags)
        for row in sorted(found, key=lambda row: row.started_at)
    }


def total(ones: Iterable[SensorMeasurement], of: ValidDatastream) -> float:
    """Add up the rows of the grid that count."""
    found = grid(intervals(ones, of), of).values()
    return sum(
        row.value for row in found if row.value is not None and row.uptime > 0 and not row.quality_flags & EXCLUDING
    )
