"""A municipality's registry in the database: applied whole, in one transaction, history kept."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from importlib.resources import files
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from locales import texts
from registry import history
from registry.files import RegistryRefusedError
from registry.history import Recompute
from schemas import calendar_nl, named_sql
from schemas.quantities import DENOMINATORS, QUANTITIES, Quantity
from schemas.registry import CalendarEntry, Datastream, Municipality, Registry
from schemas.units import factor

_SQL: Final = named_sql.parse((files("registry") / "database.sql").read_text("utf-8"))
Row: TypeAlias = Mapping[str, object]
Session: TypeAlias = psycopg.Connection[tuple[Any, ...]]


def apply(registry: Registry, session: Session, recompute: Recompute) -> int:
    """Make the database say what the files say, in the session's transaction; answer the number of datastreams.

    What the files no longer name goes, and what indicators rest on is computed again where it changed, `recompute`
    doing so for a range of days; doing it twice is doing it once. Raises RegistryRefusedError, one sentence per
    problem, where observations would lose their place or their meaning.
    """
    streams = list(_datastreams(registry, ZoneInfo(registry.municipality.timezone)))
    with session.cursor() as cursor:
        history.hold_aggregates(cursor, registry.municipality.timezone)
        known = history.registered(cursor)
        _refuse(history.lost(cursor, known, streams))
        before = history.inputs(cursor)
        _put(cursor, _entries(registry, streams))
        _drop(cursor, registry, [one.datastream for one in history.gone(known, streams)])
        _put(cursor, _compositions(registry))
        touched = history.follow(cursor, before)
        history.hold_marks(cursor)
        _refuse(history.lost(cursor, known, streams))  # what was stored meanwhile
        history.mark(cursor, touched, recompute)
    return len(streams)


def _refuse(lost: Iterator[str]) -> None:
    if sentences := list(lost):
        raise RegistryRefusedError("\n".join(sentences))


def _put(cursor: psycopg.Cursor[Any], statements: Iterator[tuple[str, Iterator[Row]]]) -> None:
    for name, rows in statements:
        cursor.executemany(_SQL[name], list(rows))


def _drop(cursor: psycopg.Cursor[Any], registry: Registry, gone: list[int]) -> None:
    """Delete what the files no longer name, and all compositions."""
    cursor.execute(_SQL["clear_compositions"])
    cursor.execute(_SQL["clear_screenline_channels"])
    for name in ("route", "screenline", "link"):
        _drop_unnamed(cursor, name, getattr(registry, f"{name}s"))
    cursor.execute(_SQL["drop_datastreams"], {"gone": gone})
    _drop_unnamed(cursor, "data_source", registry.municipality.data_sources)
    _drop_unnamed(cursor, "channel", [channel for site in registry.sites for channel in site.channels])
    for name in ("station", "site", "district"):
        _drop_unnamed(cursor, name, getattr(registry, f"{name}s"))
    _drop_unnamed(cursor, "calendar_entry", _calendar(registry))


def _drop_unnamed(cursor: psycopg.Cursor[Any], kind: str, entries: list[Any]) -> None:
    cursor.execute(_SQL[f"drop_{kind}"], {"named": [entry.id for entry in entries]})


def _quantity(one: Quantity) -> Row:
    """Give a quantity with its labels in the default locale, which only dashboards read."""
    words = {"label": texts()(f"quantity.{one.name}"), "unit_label": texts()(f"unit.{one.name}")}
    return {**msgspec.structs.asdict(one), **words, "low": one.plausible[0], "high": one.plausible[1]}


def _entries(registry: Registry, streams: list[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Name each statement with its rows, in the order that references need."""
    yield "put_municipality", iter([_municipality(registry.municipality)])
    yield "put_data_source", (msgspec.structs.asdict(one) for one in registry.municipality.data_sources)
    yield (
        "put_district",
        ({**msgspec.structs.asdict(one), "geometry": Jsonb(one.geometry)} for one in registry.districts),
    )
    yield (
        "put_quantity",
        (_quantity(one) for one in QUANTITIES.values()),
    )
    yield (
        "put_denominator",
        ({"variant": variant, "mode": mode} for variant, modes in DENOMINATORS.items() for mode in modes),
    )
    yield "put_site", (_placed(site) for site in registry.sites)
    yield (
        "put_channel",
        (
            {"id": channel.id, "site": site.id, "mode": channel.mode, "direction": channel.direction}
            for site in registry.sites
            for channel in site.channels
        ),
    )
    yield "put_station", (_placed(station) for station in registry.stations)
    yield "put_datastream", iter(streams)
    yield (
        "put_link",
        ({**msgspec.structs.asdict(link), "geometry": Jsonb(_line(link.geometry))} for link in registry.links),
    )
    yield "put_route", (msgspec.structs.asdict(route) for route in registry.routes)
    yield "put_screenline", (msgspec.structs.asdict(screenline) for screenline in registry.screenlines)
    yield "put_calendar_entry", (msgspec.structs.asdict(entry) for entry in _calendar(registry))


def _compositions(registry: Registry) -> Iterator[tuple[str, Iterator[Row]]]:
    """Name the statements, with their rows, of what is made of other things."""
    yield (
        "put_route_link",
        (
            {"route": route.id, "position": position, "link": link}
            for route in registry.routes
            for position, link in enumerate(route.links, 1)
        ),
    )
    yield "put_screenline_channels", ({"screenline": one.id, "sites": one.sites} for one in registry.screenlines)


def _datastreams(registry: Registry, zone: ZoneInfo) -> Iterator[Row]:
    for site in registry.sites:
        for channel in site.channels:
            for stream in channel.datastreams:
                yield _stream(stream, zone, quantity=channel.mode, channel=channel.id, site=site.id, station=None)
    for station in registry.stations:
        for stream in station.datastreams:
            yield _stream(stream, zone, quantity=stream.quantity, channel=None, site=None, station=station.id)


def _stream(stream: Datastream, zone: ZoneInfo, **where: str | None) -> Row:
    return {
        "sensor": stream.sensor,
        "source": stream.source,
        "seconds": stream.interval,
        "origin": stream.origin,
        "data_source": stream.data_source or None,
        "method": stream.method,
        "instrument": stream.instrument,
        "kappa": stream.kappa,
        "unit": stream.unit,
        "scale": factor(str(where["quantity"]), stream.unit),
        "layer": stream.layer,
        "valid_from": _midnight(stream.valid_from, zone),
        "valid_until": _midnight(stream.valid_until, zone),
        **where,
    }


def _calendar(registry: Registry) -> list[CalendarEntry]:
    return calendar_nl.entries(registry.calendar, registry.municipality.school_region)


def _municipality(municipality: Municipality) -> Row:
    low, high = municipality.calibration
    fields = {name: value for name, value in msgspec.structs.asdict(municipality).items() if name != "data_sources"}
    return {**fields, "calibration_low": low, "calibration_high": high}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _placed(place: msgspec.Struct) -> Row:
    fields = msgspec.structs.asdict(place)
    longitude, latitude = fields["position"]
    return {**fields, "longitude": longitude, "latitude": latitude}


def _line(points: list[tuple[float, float]]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": points}
