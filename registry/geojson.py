"""What is taken from GeoJSON files (RFC 7946): the outlines of districts, and the lines of links."""

from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec

F = TypeVar("F")
Position: TypeAlias = Annotated[list[float], msgspec.Meta(min_length=2)]
"""Longitude, latitude in degrees of WGS 84, and whatever else a program wrote behind them, such as a height."""
Ring: TypeAlias = Annotated[list[Position], msgspec.Meta(min_length=4)]


class Polygon(msgspec.Struct, frozen=True, tag="Polygon"):
    """An outline, and the rings of its holes."""

    coordinates: Annotated[list[Ring], msgspec.Meta(min_length=1)]


class MultiPolygon(msgspec.Struct, frozen=True, tag="MultiPolygon"):
    """Several outlines."""

    coordinates: Annotated[list[Annotated[list[Ring], msgspec.Meta(min_length=1)]], msgspec.Meta(min_length=1)]


class LineString(msgspec.Struct, frozen=True, tag="LineString"):
    """A line of two points or more."""

    coordinates: Annotated[list[Position], msgspec.Meta(min_length=2)]


class DistrictProperties(msgspec.Struct, frozen=True):
    """Code and name, by the words of the statistics office."""

    statcode: str
    statnaam: str


class LinkProperties(msgspec.Struct, frozen=True):
    """The id of a link."""

    id: str


class DistrictFeature(msgspec.Struct, frozen=True):
    """A district with its outline."""

    properties: DistrictProperties
    geometry: Polygon | MultiPolygon


class LinkFeature(msgspec.Struct, frozen=True):
    """A link with its line."""

    properties: LinkProperties
    geometry: LineString


class FeatureCollection(msgspec.Struct, Generic[F], frozen=True):
    """All features of a file."""

    features: list[F]
