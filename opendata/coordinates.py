"""The reference systems in which positions are given: WGS 84 as they are stored, ETRS89, and RD New."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

Position: TypeAlias = tuple[float, float]

_LATITUDE, _LONGITUDE = 52.15517440, 5.38720621
"""The tower of Our Lady in Amersfoort, from which RD New counts."""
_EAST: Final = (
    (0, 1, 190094.945), (1, 1, -11832.228), (2, 1, -114.221), (0, 3, -32.391), (1, 0, -0.705), (3, 1, -2.340),
    (1, 3, -0.608), (0, 2, -0.008), (2, 3, 0.148),
)  # fmt: skip
_NORTH: Final = (
    (1, 0, 309056.544), (0, 2, 3638.893), (2, 0, 73.077), (1, 2, -157.984), (3, 0, 59.788), (0, 1, 0.433),
    (2, 2, -6.439), (1, 1, -0.032), (0, 4, 0.092), (1, 4, -0.054),
)  # fmt: skip
"""Powers of latitude and longitude with their coefficients: F.H. Schreutelkamp and G.L. Strang van Hees,
Benaderingsformules voor de transformatie tussen RD- en WGS84-kaartcoördinaten, Geodesia 43 (2001), pages 64-69."""
_RD_AREA: Final = (3.2, 50.6, 7.3, 53.7)  # the Netherlands on land, where the formulas hold


class OutsideReferenceSystemError(ValueError):
    """The position lies outside of the area in which the reference system means anything."""


class ReferenceSystem(NamedTuple):
    """One reference system: its address, its short name, and a position of it from longitude and latitude."""

    address: str
    code: str
    of: Callable[[float, float], Position]


def _as_stored(longitude: float, latitude: float) -> Position:
    return longitude, latitude


def _latitude_first(longitude: float, latitude: float) -> Position:
    """Give the position of ETRS89: within a metre that of WGS 84, and latitude comes first (EPSG:4258)."""
    return latitude, longitude


def rd_new(longitude: float, latitude: float) -> Position:
    """Give metres east and north of RD New, to a millimetre; within half a metre of the official transformation.

    Raises OutsideReferenceSystemError outside of the Netherlands.
    """
    west, south, east, north = _RD_AREA
    if not (west <= longitude <= east and south <= latitude <= north):
        raise OutsideReferenceSystemError
    up, along = 0.36 * (latitude - _LATITUDE), 0.36 * (longitude - _LONGITUDE)
    return (
        round(155_000 + sum(factor * up**p * along**q for p, q, factor in _EAST), 3),
        round(463_000 + sum(factor * up**p * along**q for p, q, factor in _NORTH), 3),
    )


CRS84: Final = ReferenceSystem("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84", _as_stored)
ETRS89: Final = ReferenceSystem("http://www.opengis.net/def/crs/EPSG/0/4258", "EPSG:4258", _latitude_first)
RD_NEW: Final = ReferenceSystem("http://www.opengis.net/def/crs/EPSG/0/28992", "EPSG:28992", rd_new)
SYSTEMS: Final[Mapping[str, ReferenceSystem]] = MappingProxyType(
    {name: one for one in (CRS84, ETRS89, RD_NEW) for name in (one.address, one.code)}
)
"""Every reference system, by its address and by its short name."""
