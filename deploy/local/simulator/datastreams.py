"""The simulated datastreams: one for every open datastream of the registry, with its source of values."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deploy.local.simulator import model, recordings
from ingest.dialects import DIALECTS, Dialect
from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Registry

_QUARTER: Final = timedelta(minutes=15)


class SimulatedDatastream(NamedTuple):
    """One datastream: sensor, source, interval, dialect, and a function that returns its value from a local time on."""

    sensor: str
    source: str
    interval: timedelta
    dialect: Dialect
    see: Callable[[datetime], float | None]


def simulated_datastreams(registry: Registry, folder: Path, seed: int) -> list[SimulatedDatastream]:
    """Return every open datastream that is recorded or simulated; measured ones have sensors of their own.

    `folder` holds the recordings. Raises RecordingsAbsentError when a counter is missing there.
    """
    recorded = cache(partial(recordings.read, folder))
    return [*_counters(registry, recorded, seed), *_stations(registry, seed)]


def observe(datastream: SimulatedDatastream, start: datetime, zone: ZoneInfo) -> Observation | None:
    """Return the observation of a datastream in the interval from `start` (UTC); None where a recording has a gap."""
    value = datastream.see(start.astimezone(zone))
    if value is None:
        return None
    ended_at = start + datastream.interval
    return Observation(datastream.sensor, datastream.source, start, ended_at, value, 1.0, ended_at)


def _counters(
    registry: Registry, recorded: Callable[[str], Mapping[str, recordings.Series]], seed: int
) -> Iterator[SimulatedDatastream]:
    for site in registry.sites:
        for channel in site.channels:
            *before, stream = sorted(channel.datastreams, key=lambda stream: stream.valid_from)
            if stream.origin == "recorded" and before:
                yield _replaying(stream, channel, recorded(before[-1].sensor)[before[-1].source])
            elif stream.origin == "simulated":
                yield _counting(stream, channel, seed)


def _stations(registry: Registry, seed: int) -> Iterator[SimulatedDatastream]:
    for station in registry.stations:
        for stream in station.datastreams:
            if stream.origin == "simulated":
                see = partial(_breathe, stream.quantity, stream.sensor, seed)
                yield _datastream(stream, stream.quantity, see)


def _replaying(stream: Datastream, channel: Channel, series: recordings.Series) -> SimulatedDatastream:
    if stream.interval != _QUARTER.total_seconds():
        raise ValueError(f"channel {channel.id}: recordings are of 900 s, its datastream of {stream.interval} s")
    return _datastream(stream, channel.mode, partial(recordings.replayed, series))


def _counting(stream: Datastream, channel: Channel, seed: int) -> SimulatedDatastream:
    interval = timedelta(seconds=stream.interval)

    def see(start: datetime) -> float:
        return model.count(
            channel.mode, channel.direction, start, interval, sensor=stream.sensor, source=stream.source, seed=seed
        )

    return _datastream(stream, channel.mode, see)


def _breathe(quantity: str, sensor: str, seed: int, start: datetime) -> float:
    return model.concentration(quantity, start, sensor=sensor, seed=seed)


def _datastream(stream: Datastream, quantity: str, see: Callable[[datetime], float | None]) -> SimulatedDatastream:
    dialect = next(one for one in DIALECTS if one.simulator.covers(stream.source, quantity))
    return SimulatedDatastream(stream.sensor, stream.source, timedelta(seconds=stream.interval), dialect, see)
