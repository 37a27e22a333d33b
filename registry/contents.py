"""What a registry holds, listed: ids by kind, places, and datastreams with the place they are of."""

from collections.abc import Iterator
from typing import Final

from schemas import calendar_nl
from schemas.registry import CalendarEntry, Datastream, DeviceEntry, Registry, Site, Station

CALENDAR: Final = "calendar entry"


def ids_by_kind(registry: Registry) -> dict[str, list[str]]:
    """List the ids that the owner chooses itself, by the kind of thing they name."""
    return {
        "site": [one.id for one in registry.sites],
        "channel": [channel.id for site in registry.sites for channel in site.channels],
        "station": [one.id for one in registry.stations],
        "link": [one.id for one in registry.links],
        "route": [one.id for one in registry.routes],
        "screenline": [one.id for one in registry.screenlines],
        "data_source": [one.id for one in registry.owner.data_sources],
        CALENDAR: [one.id for one in (*calendar_nl.by_rule(registry.calendar), *registry.calendar.entry)],
    }


def reported(entry: CalendarEntry) -> str:
    """Name an entry of the calendar in a sentence."""
    return f"calendar entry {entry.id}"


def streams_of(registry: Registry) -> Iterator[tuple[str, Datastream]]:
    """Give every datastream with the id of its channel or station."""
    for site in registry.sites:
        for channel in site.channels:
            yield from ((channel.id, stream) for stream in channel.datastreams)
    for station in registry.stations:
        yield from ((station.id, stream) for stream in station.datastreams)


def quantities_of(registry: Registry) -> Iterator[tuple[str, str, Datastream]]:
    """Give every datastream with the id of its channel or station, and with the quantity that is meant there."""
    modes = {channel.id: channel.mode for site in registry.sites for channel in site.channels}
    for place, stream in streams_of(registry):
        yield place, modes.get(place, stream.quantity), stream


def devices_of(registry: Registry) -> dict[str, DeviceEntry]:
    """Give every device by its name, those too that only datastreams name."""
    named = {one.id: one for one in registry.devices}
    for _, stream in streams_of(registry):
        named.setdefault(stream.sensor, DeviceEntry(id=stream.sensor))
    return named


def reported_stream(place: str, stream: Datastream) -> str:
    """Name a datastream in a sentence: by its place and its device."""
    return f"{place}, device {stream.sensor}"


def places_of(registry: Registry) -> Iterator[Site | Station]:
    """Give what has a position."""
    yield from registry.sites
    yield from registry.stations
