"""The simulated datastreams: one for every open datastream of an owner, with its source of values."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deploy.local.simulator import model, recordings
from ingest.dialects import DIALECTS, Dialect
from registry.files import OwnerFolder
from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Registry

_QUARTER: Final = timedelta(minutes=15)


class SimulatedDatastream(NamedTuple):
    """One datastream: sensor, source, interval, dialect, and a function of its value from a time in `zone`."""

    sensor: str
    source: str
    interval: timedelta
    dialect: Dialect
    zone: ZoneInfo
    see: Callable[[datetime], float | None]


def simulated_datastreams(owner: OwnerFolder, seed: int) -> list[SimulatedDatastream]:
    """Return every open datastream that is recorded or simulated; measured ones have sensors of their own.

    Raises RecordingsAbsentError when a counter is missing among the owner's recordings.
    """
    recorded = cache(partial(recordings.read, recordings.folder_of(owner)))
    return [*_counters(owner.registry, recorded, seed), *_stations(owner.registry, seed)]


def observe(datastream: SimulatedDatastream, start: datetime) -> Observation | None:
    """Return the observation of a datastream in the interval from `start` (UTC); None where a recording has a gap."""
    value = datastream.see(start.astimezone(datastream.zone))
    if value is None:
        return None
    ended_at = start + datastream.interval
    return Observation(datastream.sensor, datastream.source, start, ended_at, value, 1.0, ended_at)


def _counters(
    registry: Registry, recorded: Callable[[str], Mapping[str, recordings.Series]], seed: int
) -> Iterator[SimulatedDatastream]:
    zone = ZoneInfo(registry.owner.timezone)
    for site in registry.sites:
        for channel in site.channels:
            if not channel.datastreams:
                continue
            *before, stream = sorted(channel.datastreams, key=lambda stream: stream.valid_from)
            if stream.origin == "recorded" and before:
                yield _replaying(stream, channel, zone, recorded(before[-1].sensor)[before[-1].source])
            elif stream.origin == "simulated":
                yield _counting(stream, channel, zone, seed)


def _stations(registry: Registry, seed: int) -> Iterator[SimulatedDatastream]:
    zone = ZoneInfo(registry.owner.timezone)
    for station in registry.stations:
        for stream in station.datastreams:
            if stream.origin == "simulated":
                see = partial(_breathe, stream.quantity, stream.sensor, seed)
                yield _datastream(stream, stream.quantity, zone, see)


def _replaying(stream: Datastream, channel: Channel, zone: ZoneInfo, series: recordings.Series) -> SimulatedDatastream:
    if stream.interval != _QUARTER.total_seconds():
        raise ValueError(f"channel {channel.id}: recordings are of 900 s, its datastream of {stream.interval} s")
    return _datastream(stream, channel.mode, zone, partial(recordings.replayed, series))


def _counting(stream: Datastream, channel: Channel, zone: ZoneInfo, seed: int) -> SimulatedDatastream:
    interval = timedelta(seconds=stream.interval)

    def see(start: datetime) -> float:
        return model.count(
            channel.mode, channel.direction, start, interval, sensor=stream.sensor, source=stream.source, seed=seed
        )

    return _datastream(stream, channel.mode, zone, see)


def _breathe(quantity: str, sensor: str, seed: int, start: datetime) -> float:
    return model.concentration(quantity, start, sensor=sensor, seed=seed)


def _datastream(
    stream: Datastream, quantity: str, zone: ZoneInfo, see: Callable[[datetime], float | None]
) -> SimulatedDatastream:
    dialect = next(one for one in DIALECTS if one.simulator.covers(stream.source, quantity))
    return SimulatedDatastream(stream.sensor, stream.source, timedelta(seconds=stream.interval), dialect, zone, see)
