"""What an owner's files say, as rows of the database: by kind, in the order that references need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from registry.files import OwnerFolder
from schemas import calendar_nl
from schemas.registry import Datastream, Owner, Registry
from schemas.units import factor

KINDS: Final = (
    "owner", "data_source", "district", "site", "channel", "station", "datastream", "link", "route", "screenline",
    "calendar_entry",
)  # fmt: skip
"""The tables that follow from an owner's files; each refers to those before it only."""

Key: TypeAlias = tuple[object, ...]
"""What makes it the same row: its id, of a calendar entry owner and id, of a datastream sensor, source and start."""
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
        case _:
            return (row["id"],)


def named(kind: str, of: Key) -> str:
    """Name a row in a sentence, in the words of the files."""
    match of:
        case sensor, source, datetime() as valid_from:
            return f"{kind} {sensor} {source} from {valid_from:%Y-%m-%d}"
        case _:
            return f"{kind.replace('_', ' ')} {of[-1]}"


def _rows(registry: Registry) -> Iterator[tuple[str, Row]]:
    owner = registry.owner
    yield "owner", _owner(owner)
    yield from _places(registry, ZoneInfo(owner.timezone))
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


def _places(registry: Registry, zone: ZoneInfo) -> Iterator[tuple[str, Row]]:
    """Give sites and stations with what counts and measures there."""
    owner = registry.owner
    for site in registry.sites:
        yield "site", _placed(owner, site, without="channels")
        for channel in site.channels:
            yield "channel", {"id": channel.id, "site": site.id, "mode": channel.mode, "direction": channel.direction}
            for stream in channel.datastreams:
                where = {"channel": channel.id, "site": site.id, "station": None}
                yield "datastream", _stream(stream, zone, channel.mode, where)
    for station in registry.stations:
        yield "station", _placed(owner, station, without="datastreams")
        for stream in station.datastreams:
            where = {"channel": None, "site": None, "station": station.id}
            yield "datastream", _stream(stream, zone, stream.quantity, where)


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


def _stream(stream: Datastream, zone: ZoneInfo, quantity: str, where: Mapping[str, str | None]) -> Row:
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
        "unit": stream.unit,
        "scale": factor(quantity, stream.unit),
        "layer": stream.layer,
        "valid_from": _midnight(stream.valid_from, zone),
        "valid_until": _midnight(stream.valid_until, zone),
        **where,
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _plain(points: object) -> object:
    """Give coordinates as the database gives them back."""
    return msgspec.json.decode(msgspec.json.encode(points))
