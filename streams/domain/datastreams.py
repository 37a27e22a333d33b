"""The datastream of an observation, found by the sensor's own names."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

import msgspec

from schemas.observation import Observation

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ValidDatastream(NamedTuple):
    """One datastream while it is valid; `low` to `high` is the plausible range of one interval.

    `seconds` is `interval` as a number, a divisor of 3600, so its grid is the same in every hour of UTC. `owner` is
    the number of the owner of its place.
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


class Unassigned(NamedTuple):
    """Why an observation has no datastream: a key of `REASONS`, and one sentence."""

    reason: str
    sentence: str


Registry: TypeAlias = Mapping[tuple[str, str], list[ValidDatastream]]
"""All datastreams by sensor and source, each list in order of validity."""


def registry(datastreams: Iterable[ValidDatastream]) -> Registry:
    """Index datastreams for `attribute`."""
    found: dict[tuple[str, str], list[ValidDatastream]] = {}
    for stream in datastreams:
        found.setdefault((stream.sensor, stream.source), []).append(stream)
    return found


def attribute(seen: Observation, known: Registry) -> tuple[ValidDatastream, Observation] | Unassigned:
    """Return the datastream of an observation, and the observation with an interval where it was an instant."""
    candidates = known.get((seen.sensor, seen.source))
    if candidates is None:
        return Unassigned("unknown_sensor", f"no datastream for {seen.source}")
    for stream in candidates:
        settled = seen if seen.started_at != seen.ended_at else _closed_by(seen, stream.interval)
        if stream.valid_from <= settled.started_at < stream.valid_until:
            return _on_its_grid(settled, stream)
    return Unassigned("unknown_sensor", f"no datastream for {seen.source} is valid on {seen.started_at:%Y-%m-%d}")


def _closed_by(seen: Observation, interval: timedelta) -> Observation:
    """Return an instant with the last whole interval before it."""
    ended_at = seen.ended_at - (seen.ended_at - _EPOCH) % interval
    return msgspec.structs.replace(seen, started_at=ended_at - interval, ended_at=ended_at)


def _on_its_grid(seen: Observation, stream: ValidDatastream) -> tuple[ValidDatastream, Observation] | Unassigned:
    """Refuse an interval off the grid of the datastream, so that no two of its rows overlap."""
    start, length = seen.started_at, seen.ended_at - seen.started_at
    if length != stream.interval:
        lasts = f"{seen.source} lasts {length.total_seconds():.0f} s, its datastream {stream.seconds} s"
        return Unassigned("interval", lasts)
    if (start.minute * 60 + start.second) % stream.seconds or start.microsecond:
        starts = f"{seen.source} starts at {start:%H:%M:%S.%f} UTC, which no interval of {stream.seconds} s does"
        return Unassigned("interval", starts)
    return stream, seen
