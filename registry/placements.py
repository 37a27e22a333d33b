"""Where devices are placed, as datastreams: one for each source of a device, from which day until which."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import NamedTuple, TypeAlias, TypeVar

import msgspec

from schemas.registry import FOREVER, Channel, Datastream, DeviceEntry, Placement, Registry

Value = TypeVar("Value")
Where: TypeAlias = tuple[str, str]
"""What datastreams are listed under: `channel` or `station`, and its id."""
Listed: TypeAlias = dict[Where, list[Datastream]]


class PlacedDevice(NamedTuple):
    """A device at a place until a local day (exclusive): that of its placement, of the next, or of its replacement."""

    device: DeviceEntry
    placement: Placement
    until: date


def placed(registry: Registry) -> list[PlacedDevice]:
    """Give all placements of an owner's devices as they begin one after the other, each with the day of its end."""
    replaced: dict[tuple[str, Where], list[date]] = defaultdict(list)
    for device in registry.devices:
        for one in device.placement:
            if one.replaces:
                replaced[one.replaces, one.place].append(one.valid_from)
    found = []
    for device in registry.devices:
        placements = sorted(device.placement, key=_beginning)
        for one, after in zip_longest(placements, placements[1:]):
            until = after.valid_from if after and one.valid_until == FOREVER else one.valid_until
            ends = (day for day in replaced[device.id, one.place] if one.valid_from < day)
            found.append(PlacedDevice(device, one, min([until, *ends])))
    return sorted(found, key=lambda one: one.placement.valid_from)


def expanded(registry: Registry) -> Registry:
    """Give the registry with the datastreams that its placements mean beside those that it lists.

    What cannot be placed is left out; `device_checks` has a sentence for it. Listed datastreams of a device end where a
    placement of it begins or another device replaces it, all of a channel where the channel ends.
    """
    if not registry.devices and not any(channel.until for site in registry.sites for channel in site.channels):
        return registry
    streams = _listed(registry)
    for one in placed(registry):
        _end(streams, one.device.id, one.placement.valid_from)
        for where, stream in _streams(registry, one, streams):
            streams[where].append(stream)
        if one.placement.replaces:
            for where, stream in fed_last(registry, one.placement, streams):
                here = streams[where]
                here[here.index(stream)] = _ending(stream, one.placement.valid_from)
    return _with(registry, streams)


def fed_last(registry: Registry, placement: Placement, streams: Listed | None = None) -> list[tuple[Where, Datastream]]:
    """Give the datastreams that the replaced device fed last at the place before it was replaced."""
    streams, day = _listed(registry) if streams is None else streams, placement.valid_from
    there = [
        (where, stream)
        for where in _places(registry, placement)
        for stream in streams[where]
        if stream.sensor == placement.replaces and stream.valid_from < day
    ]
    last = max((min(stream.valid_until, day) for _, stream in there), default=day)
    return [(where, stream) for where, stream in there if min(stream.valid_until, day) == last]


def _listed(registry: Registry) -> Listed:
    channels = {("channel", one.id): [*one.datastreams] for site in registry.sites for one in site.channels}
    return defaultdict(list, channels | {("station", one.id): [*one.datastreams] for one in registry.stations})


def _places(registry: Registry, placement: Placement) -> Iterator[Where]:
    """Give what is fed at the place, as of the day of the placement."""
    if placement.station:
        yield "station", placement.station
    for channel in _channels(registry, placement):
        if channel.until is None or placement.valid_from < channel.until:
            yield "channel", channel.id


def _channels(registry: Registry, placement: Placement) -> list[Channel]:
    return [channel for site in registry.sites if site.id == placement.site for channel in site.channels]


def _streams(registry: Registry, one: PlacedDevice, streams: Listed) -> Iterator[tuple[Where, Datastream]]:
    """Give what a device feeds from a placement on: what it replaces, and what its sources name beside that."""
    by_target = {target: source for source, target in one.placement.sources.items()}
    before = fed_last(registry, one.placement, streams) if one.placement.replaces else []
    for where, stream in before:
        target = stream.quantity if where[0] == "station" else where[1]
        yield where, _stream(one, by_target.pop(target, stream.source), stream.quantity, stream)
    known = {*_places(registry, one.placement)}
    for target, source in by_target.items():
        where = ("station", one.placement.station) if one.placement.station else ("channel", target)
        if where in known:
            yield where, _stream(one, source, target if one.placement.station else "", None)


def _stream(one: PlacedDevice, source: str, quantity: str, before: Datastream | None) -> Datastream:
    said, usual = one.placement, before or Datastream(sensor="", source="", valid_from=one.placement.valid_from)
    return Datastream(
        sensor=one.device.id,
        source=source,
        valid_from=said.valid_from,
        valid_until=one.until,
        interval=_or(said.interval, usual.interval),
        origin=_or(said.origin, usual.origin),
        method=said.method,
        data_source=_or(said.data_source, usual.data_source),
        quantity=quantity,
        instrument=said.instrument,
        kappa=said.kappa,
        unit=said.unit,
        layer=_or(said.layer, usual.layer),
    )


def _or(said: Value | None, usual: Value) -> Value:
    return usual if said is None else said


def _end(streams: Listed, device: str, day: date) -> None:
    """End what was listed of a device without an end, or what an earlier placement of it means."""
    for listed in streams.values():
        for number, stream in enumerate(listed):
            if stream.sensor == device and stream.valid_from < day and stream.valid_until == FOREVER:
                listed[number] = _ending(stream, day)


def _ending(stream: Datastream, day: date | None) -> Datastream:
    """End a datastream on a day, if it has begun by then and goes on."""
    if day is None or not stream.valid_from < day < stream.valid_until:
        return stream
    return msgspec.structs.replace(stream, valid_until=day)


def _with(registry: Registry, streams: Listed) -> Registry:
    def of_channel(one: Channel) -> Channel:
        listed = [_ending(stream, one.until) for stream in streams["channel", one.id]]
        return msgspec.structs.replace(one, datastreams=listed)

    sites = [
        msgspec.structs.replace(one, channels=[of_channel(channel) for channel in one.channels])
        for one in registry.sites
    ]
    stations = [msgspec.structs.replace(one, datastreams=streams["station", one.id]) for one in registry.stations]
    return msgspec.structs.replace(registry, sites=sites, stations=stations)


def _beginning(placement: Placement) -> date:
    return placement.valid_from
