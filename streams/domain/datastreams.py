"""Whose value is it? The registry turns a sensor's own words into a datastream."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

import msgspec

from schemas.doubts import DST_MERGED
from schemas.observation import Observation


class Datastream(NamedTuple):
    """One quantity as one sensor reports it while that is valid; `low` to `high` is what one interval may hold."""

    datastream: int
    sensor: str
    source: str
    interval: timedelta
    low: float
    high: float
    valid_from: datetime
    valid_until: datetime


Registry: TypeAlias = Mapping[tuple[str, str], list[Datastream]]
"""All datastreams by sensor and source, each list in order of validity."""


def registry(datastreams: Iterable[Datastream]) -> Registry:
    """Put datastreams where `attribute` finds them."""
    found: dict[tuple[str, str], list[Datastream]] = {}
    for stream in datastreams:
        found.setdefault((stream.sensor, stream.source), []).append(stream)
    return found


def attribute(seen: Observation, known: Registry) -> tuple[Datastream, Observation] | str:
    """Find the datastream of an observation and give an instant its interval, or say why nobody answers for it."""
    candidates = known.get((seen.sensor, seen.source))
    if candidates is None:
        return f"no datastream for {seen.source}"
    for stream in candidates:
        settled = seen if seen.started_at != seen.ended_at else _over_interval(seen, stream.interval)
        if stream.valid_from <= settled.started_at < stream.valid_until:
            return _of_its_length(settled, stream)
    return f"no datastream for {seen.source} is valid on {seen.started_at:%Y-%m-%d}"


def _over_interval(seen: Observation, interval: timedelta) -> Observation:
    return msgspec.structs.replace(seen, started_at=seen.ended_at - interval)


def _of_its_length(seen: Observation, stream: Datastream) -> tuple[Datastream, Observation] | str:
    length = seen.ended_at - seen.started_at
    if length == stream.interval or seen.doubts & DST_MERGED:
        return stream, seen
    return f"{seen.source} lasts {length.total_seconds():.0f} s, its datastream {stream.interval.total_seconds():.0f} s"
