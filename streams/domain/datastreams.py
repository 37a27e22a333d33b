"""Whose value is it? The registry turns a sensor's own words into a datastream."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

import msgspec

from schemas.observation import Observation

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ValidDatastream(NamedTuple):
    """One quantity as one sensor reports it while that is valid; `low` to `high` is what one interval may hold.

    `seconds` says `interval` as a number: it divides an hour, so a grid of UTC hours is one since the epoch. `owner` is
    the number of whoever's places it speaks for.
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
    """Why no datastream answers for an observation: a key of `REASONS`, and one sentence."""

    reason: str
    sentence: str


Registry: TypeAlias = Mapping[tuple[str, str], list[ValidDatastream]]
"""All datastreams by sensor and source, each list in order of validity."""


def registry(datastreams: Iterable[ValidDatastream]) -> Registry:
    """Put datastreams where `attribute` finds them."""
    found: dict[tuple[str, str], list[ValidDatastream]] = {}
    for stream in datastreams:
        found.setdefault((stream.sensor, stream.source), []).append(stream)
    return found


def attribute(seen: Observation, known: Registry) -> tuple[ValidDatastream, Observation] | Unassigned:
    """Find the datastream of an observation and give an instant its interval, or say why nobody answers for it."""
    candidates = known.get((seen.sensor, seen.source))
    if candidates is None:
        return Unassigned("unknown_sensor", f"no datastream for {seen.source}")
    for stream in candidates:
        settled = seen if seen.started_at != seen.ended_at else _closed_by(seen, stream.interval)
        if stream.valid_from <= settled.started_at < stream.valid_until:
            return _on_its_grid(settled, stream)
    return Unassigned("unknown_sensor", f"no datastream for {seen.source} is valid on {seen.started_at:%Y-%m-%d}")


def _closed_by(seen: Observation, interval: timedelta) -> Observation:
    """Give an instant the last whole interval before it."""
    ended_at = seen.ended_at - (seen.ended_at - _EPOCH) % interval
    return msgspec.structs.replace(seen, started_at=ended_at - interval, ended_at=ended_at)


def _on_its_grid(seen: Observation, stream: ValidDatastream) -> tuple[ValidDatastream, Observation] | Unassigned:
    """Let an observation pass that has the interval of its datastream: then no two rows of it can overlap."""
    start, length = seen.started_at, seen.ended_at - seen.started_at
    if length != stream.interval:
        lasts = f"{seen.source} lasts {length.total_seconds():.0f} s, its datastream {stream.seconds} s"
        return Unassigned("interval", lasts)
    if (start.minute * 60 + start.second) % stream.seconds or start.microsecond:
        starts = f"{seen.source} starts at {start:%H:%M:%S.%f} UTC, which no interval of {stream.seconds} s does"
        return Unassigned("interval", starts)
    return stream, seen
