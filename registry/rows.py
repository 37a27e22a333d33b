"""What an owner's files say, as rows of the database: by kind, in the order that references need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from registry.contents import devices_of
from registry.files import OwnerFolder
from registry.placements import placed
from registry.sampling import sampling
from schemas import calendar_nl
from schemas.profile import DeviceProfile
from schemas.quantities import QUANTITIES
from schemas.registry import Datastream, Owner, Registry
from schemas.units import factor

KINDS: Final = (
    "owner", "data_source", "district", "site", "channel", "station", "device", "placement", "device_history",
    "datastream", "link", "route", "screenline", "calendar_entry",
)  # fmt: skip
"""The tables that follow from an owner's files; each refers to those before it only."""

Key: TypeAlias = tuple[object, ...]
"""What makes it the same row: its id; of a calendar entry owner and id, of a datastream sensor, source and start, of a
placement device and start, of an entry in a device's history device, day and kind."""
Row: TypeAlias = Mapping[str, object]
Rows: TypeAlias = dict[str, dict[Key, Row]]


def rows(folders: list[OwnerFolder]) -> Rows:
    """Give the rows of some owners, by kind and key; ids are unique by then."""
    found: Rows = {kind: {} for kind in KINDS}
    for folder in folders:
        for kind, row in _rows(folder.registry):
            found[kind][key(kind, row)] = row
    return found


def key(kind: str, row: Row) -> Key:
    """Give what makes it the same row of its kind."""
    match kind:
        case "datastream":
            return row["sensor"], row["source"], row["valid_from"]
        case "calendar_entry":
            return row["owner"], row["id"]
        case "placement":
            return row["device"], row["valid_from"]
        case "device_history":
            return row["device"], row["day"], row["kind"]
        case _:
            return (row["id"],)


def named(kind: str, of: Key) -> str:
    """Name a row in a sentence, in the words of the files."""
    match of:
        case sensor, source, datetime() as valid_from:
            return f"{kind} {sensor} {source} from {valid_from:%Y-%m-%d}"
        case device, datetime() as valid_from:
            return f"{kind} of {device} from {valid_from:%Y-%m-%d}"
        case device, date() as day, entry:
            return f"{entry} of {device} on {day}"
        case _:
            return f"{kind.replace('_', ' ')} {of[-1]}"


def _rows(registry: Registry) -> Iterator[tuple[str, Row]]:
    owner, zone = registry.owner, ZoneInfo(registry.owner.timezone)
    yield "owner", _owner(owner)
    yield from _places(registry)
    yield from _devices(registry, zone)
    profiles = {one.id: registry.profiles.get(one.profile) for one in registry.devices}
    for where, quantity, stream in _streams(registry):
        yield "datastream", {**_stream(stream, zone, quantity, profiles.get(stream.sensor)), **where}
    for link in registry.links:
        yield "link", {**_of(owner, link), "geometry": {"type": "LineString", "coordinates": _plain(link.geometry)}}
    plain: dict[str, Sequence[msgspec.Struct]] = {
        "data_source": owner.data_sources,
        "district": registry.districts,
        "route": registry.routes,
        "screenline": registry.screenlines,
        "calendar_entry": calendar_nl.entries(registry.calendar, owner.school_region),
    }
    for kind, entries in plain.items():
        yield from ((kind, _of(owner, entry)) for entry in entries)


def _places(registry: Registry) -> Iterator[tuple[str, Row]]:
    """Give sites with their channels, and stations."""
    owner = registry.owner
    for site in registry.sites:
        yield "site", _placed(owner, site, without="channels")
        for channel in site.channels:
            yield "channel", {"id": channel.id, "site": site.id, "mode": channel.mode, "direction": channel.direction}
    for station in registry.stations:
        yield "station", _placed(owner, station, without="datastreams")


def _streams(registry: Registry) -> Iterator[tuple[Row, str, Datastream]]:
    """Give what counts and measures at sites and stations: where, of which quantity, and the datastream."""
    for site in registry.sites:
        for channel in site.channels:
            where = {"channel": channel.id, "site": site.id, "station": None}
            yield from ((where, channel.mode, stream) for stream in channel.datastreams)
    for station in registry.stations:
        where = {"channel": None, "site": None, "station": station.id}
        yield from ((where, stream.quantity, stream) for stream in station.datastreams)


def _devices(registry: Registry, zone: ZoneInfo) -> Iterator[tuple[str, Row]]:
    """Give the devices with their effective profiles, where they were and when, and what was done to them."""
    for device in devices_of(registry).values():
        profile = registry.profiles.get(device.profile)
        yield (
            "device",
            {
                "id": device.id,
                "owner": registry.owner.id,
                "profile": device.profile,
                "profile_content": _plain(msgspec.to_builtins(profile)) if profile else None,
                "serial": device.serial,
                "credential": device.credential or device.id,
                "firmware": device.firmware,
                "note": device.note,
            },
        )
        for entry in device.calibration:
            yield "device_history", {"device": device.id, "day": entry.day, "kind": entry.kind, "note": entry.note}
    for one in placed(registry):
        yield (
            "placement",
            {
                "device": one.device.id,
                "site": one.placement.site or None,
                "station": one.placement.station or None,
                "valid_from": _midnight(one.placement.valid_from, zone),
                "valid_until": _midnight(one.until, zone),
                "replaces": one.placement.replaces,
            },
        )


def _of(owner: Owner, entry: msgspec.Struct) -> dict[str, Any]:
    return {**msgspec.structs.asdict(entry), "owner": owner.id}


def _owner(owner: Owner) -> Row:
    low, high = owner.calibration
    fields = {name: value for name, value in msgspec.structs.asdict(owner).items() if name != "data_sources"}
    return {**fields, "calibration_low": low, "calibration_high": high}


def _placed(owner: Owner, place: msgspec.Struct, *, without: str) -> Row:
    fields = _of(owner, place)
    longitude, latitude = fields["position"]
    del fields[without]
    return {**fields, "longitude": longitude, "latitude": latitude}


def _stream(stream: Datastream, zone: ZoneInfo, quantity: str, profile: DeviceProfile | None) -> dict[str, Any]:
    field = next((one for one in profile.field if one.name == stream.source), None) if profile else None
    unit = stream.unit or (field.unit if field and not QUANTITIES[quantity].counted else "")
    return {
        "sensor": stream.sensor,
        "source": stream.source,
        "quantity": quantity,
        "seconds": stream.interval,
        "origin": stream.origin,
        "data_source": stream.data_source or None,
        "method": stream.method,
        "instrument": stream.instrument,
        "kappa": stream.kappa,
        "unit": unit,
        "scale": factor(quantity, unit),
        "layer": stream.layer,
        "valid_from": _midnight(stream.valid_from, zone),
        "valid_until": _midnight(stream.valid_until, zone),
        **sampling(quantity, profile, field),
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _plain(points: object) -> object:
    """Give coordinates as the database gives them back."""
    return msgspec.json.decode(msgspec.json.encode(points))
