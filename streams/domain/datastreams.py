"""The datastream of an observation, found by the sensor's own names; and whether it lies on its grid."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from schemas.observation import Observation

NOTED: Final = 100
"""Unregistered sources of one sensor that are noted; what else it sends is not."""

_TICK: Final = timedelta(microseconds=1)


class SamplingRule(NamedTuple):
    """What a value without an interval is of: an `increment`, a running total (`cumulative`) or a `sample`.

    The sensor speaks `every` so many seconds, 0 for once an interval. Of a running total: its register has so many
    `bits`, 0 where it never rolls over; after a `restart` what it says is `unknown` or `counts`; the difference over a
    `gap` is `missing` or counts as a `whole`.
    """

    sampling: str = "increment"
    every: int = 0
    bits: int = 0
    restart: str = "unknown"
    gap: str = "missing"


class ValidDatastream(NamedTuple):
    """One datastream while it is valid; `low` to `high` is the plausible range of one interval.

    `seconds` is `interval` as a number, a divisor of 3600, so its grid is the same in every hour of UTC. `owner` is
    the number of the owner of its place. `placed_window` is when it can measure at its place, as
    `streams.domain.measuring_window` reads it; empty is always.
    """

    datastream: int
    sensor: str
    source: str
    interval: timedelta
    seconds: int
    low: float
    high: float
    valid_from: datetime
    valid_until: datetime
    owner: int
    rule: SamplingRule = SamplingRule()
    placed_window: str = ""


class Unassigned(NamedTuple):
    """Why an observation has no datastream: a key of `REASONS`, and one sentence."""

    reason: str
    sentence: str


Source: TypeAlias = tuple[str, str]
"""A sensor and one of its sources, by the sensor's own names."""


class KnownDatastreams(NamedTuple):
    """All datastreams by sensor and source, each list in order of validity; and the sensors that have any.

    `noted` are unregistered sources of these sensors that were noted before, `full` the sensors of which no more are.
    `batteries` are the sources that say the voltage of a sensor's battery, with the factor that makes it V.
    """

    streams: Mapping[Source, list[ValidDatastream]]
    sensors: frozenset[str]
    noted: frozenset[Source]
    full: frozenset[str]
    batteries: Mapping[Source, float] = MappingProxyType({})


def registry(
    datastreams: Iterable[ValidDatastream],
    noted: Iterable[Source] = (),
    batteries: Mapping[Source, float] = MappingProxyType({}),
) -> KnownDatastreams:
    """Index datastreams for `assign`."""
    found: dict[Source, list[ValidDatastream]] = {}
    for stream in datastreams:
        found.setdefault((stream.sensor, stream.source), []).append(stream)
    once = frozenset(noted)
    full = frozenset(sensor for sensor, many in Counter(sensor for sensor, _ in once).items() if many >= NOTED)
    return KnownDatastreams(found, frozenset(sensor for sensor, _ in found), once, full, batteries)


def attribute(seen: Observation, candidates: Sequence[ValidDatastream]) -> tuple[ValidDatastream, bool] | Unassigned:
    """Return the datastream of an observation among those of its source, and whether it lies on the grid of that.

    What lies on the grid is of its start, a stated interval beside it of its middle; a frame is of its instant, which
    for a count ends its time.
    """
    for stream in candidates:
        on_grid = _on_grid(seen, stream)
        instant = seen.started_at if on_grid else _instant(seen, stream.rule)
        if stream.valid_from <= instant < stream.valid_until:
            return (stream, on_grid) if on_grid else _beside_grid(seen, stream)
    return Unassigned("unknown_sensor", f"no datastream for {seen.source} is valid on {seen.started_at:%Y-%m-%d}")


def _on_grid(seen: Observation, stream: ValidDatastream) -> bool:
    start = seen.started_at
    return (
        seen.ended_at - start == stream.interval
        and not (start.minute * 60 + start.second) % stream.seconds
        and not start.microsecond
    )


def _instant(seen: Observation, rule: SamplingRule) -> datetime:
    """Return the instant that decides in whose validity an observation beside the grid lies."""
    if seen.started_at != seen.ended_at:
        return seen.started_at + (seen.ended_at - seen.started_at) / 2
    return seen.ended_at if rule.sampling == "sample" else seen.ended_at - _TICK


def _beside_grid(seen: Observation, stream: ValidDatastream) -> tuple[ValidDatastream, bool] | Unassigned:
    """Refuse an interval so long that it says nothing about any one interval of the grid."""
    length = seen.ended_at - seen.started_at
    if 2 * length > 3 * stream.interval:
        lasts = f"{seen.source} lasts {length.total_seconds():.0f} s, its datastream {stream.seconds} s"
        return Unassigned("interval", lasts)
    return stream, False
