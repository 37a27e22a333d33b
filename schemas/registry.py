"""What a municipality has on its streets, as its reviewed files say; a field nobody knows is a typing error."""

from datetime import date
from typing import Any, Literal, TypeAlias

import msgspec

Origin: TypeAlias = Literal["measured", "recorded", "simulated"]
Position: TypeAlias = tuple[float, float]


class Datastream(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One quantity as one sensor reports it, for as long as that is so.

    `sensor` and `source` are the sender's own words. `interval` is in seconds and divides an hour. `valid_from`
    (inclusive; figures are expected from then on) and `valid_until` (exclusive) are local days. `origin` says whether
    the values are measured here, recorded elsewhere, or simulated. `quantity` is given for stations only: a channel
    has its own.
    """

    sensor: str
    source: str
    valid_from: date
    interval: int = 900
    origin: Origin = "measured"
    method: str = ""
    quantity: str = ""
    valid_until: date = date(2100, 1, 1)


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One direction of one mode at a site; its datastreams follow each other in time as equipment is replaced."""

    id: str
    mode: str
    direction: str
    datastreams: list[Datastream]


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place where passages are counted (telpunt); it outlives its equipment.

    `position` is longitude, latitude in WGS84.
    """

    id: str
    name: str
    district: str
    position: Position
    illustrative: bool = False
    note: str = ""
    channels: list[Channel]


class Station(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place where air is measured (meetstation), official or by citizens."""

    id: str
    name: str
    district: str
    position: Position
    kind: Literal["official", "citizen"]
    environment: Literal["background", "traffic"]
    illustrative: bool = False
    note: str = ""
    datastreams: list[Datastream]


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of path between two districts, the centre or the region, with what makes it green, safe and fast.

    `length` in km, `width` in m, `priority`, `asphalt` and `greenery` as fractions 0..1. `site` counts it;
    a link without a site may take the usage of `assumed_from`, another link, and is then reported apart.
    """

    id: str
    name: str
    start: str
    end: str
    length: float
    green: bool
    greenery: float
    priority: float
    width: float
    asphalt: float
    site: str | None = None
    assumed_from: str | None = None
    illustrative: bool = False
    geometry: list[Position] = []


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named, ordered chain of links, such as a doorfietsroute."""

    id: str
    name: str
    links: list[str]
    note: str = ""
    illustrative: bool = False


class Screenline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An imaginary line (tellijn) whose crossings are all counted, in every mode that its sites count."""

    id: str
    name: str
    sites: list[str]
    note: str = ""
    illustrative: bool = False


class District(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A wijk; `geometry` is a GeoJSON polygon in WGS84."""

    id: str
    name: str
    geometry: dict[str, Any]


class Municipality(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who publishes: name, CBS code, time zone, and the words that every page and file carries."""

    id: str
    name: str
    timezone: str = "Europe/Amsterdam"
    publisher: str
    contact_email: str
    contact_url: str
    licence: str = "CC0-1.0"
    attributions: list[str] = []
    note: str = ""


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything together, as it is checked and applied."""

    municipality: Municipality
    districts: list[District]
    sites: list[Site]
    stations: list[Station]
    links: list[Link]
    routes: list[Route]
    screenlines: list[Screenline]
