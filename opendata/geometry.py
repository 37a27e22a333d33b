"""What is done with geometries of GeoJSON (RFC 7946): whether one meets a bounding box, and the same one elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, TypeAlias

Geometry: TypeAlias = Mapping[str, Any]
_DEPTH: Final = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many lists lie round a position, by the type of a geometry."""
_LINES: Final = frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})


class BoundingBox(NamedTuple):
    """What lies between two meridians and two parallels, its edges included; degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, point: Sequence[float]) -> bool:
        """Tell whether a point lies in it."""
        return self.west <= point[0] <= self.east and self.south <= point[1] <= self.north

    def spans(self, other: "BoundingBox") -> bool:
        """Tell whether both corners of another one lie in it."""
        return self.holds((other.west, other.south)) and self.holds((other.east, other.north))

    def meets(self, geometry: Geometry) -> bool:
        """Tell whether any part of a geometry lies in it: a point, a piece of a line, or of what outlines enclose."""
        kind = geometry["type"]
        if any(self.holds(point) for point in positions(geometry)):
            return True
        if kind not in _LINES:
            return False
        if any(self._is_crossed(start, end) for line in lines(geometry) for start, end in pairwise(line)):
            return True
        return kind in _AREAS and _encloses(geometry, (self.west, self.south))

    def _is_crossed(self, start: Sequence[float], end: Sequence[float]) -> bool:
        """Tell whether a straight line has a piece in the box: what each edge leaves of it (Liang and Barsky, 1984)."""
        first, last = 0.0, 1.0
        for low, high, begin, step in (
            (self.west, self.east, start[0], end[0] - start[0]),
            (self.south, self.north, start[1], end[1] - start[1]),
        ):
            if step == 0:
                if not low <= begin <= high:
                    return False
                continue
            enters, leaves = sorted(((low - begin) / step, (high - begin) / step))
            first, last = max(first, enters), min(last, leaves)
        return first <= last


def positions(geometry: Geometry) -> Iterator[Sequence[float]]:
    """Yield every position."""
    yield from _flat(geometry["coordinates"], _DEPTH[geometry["type"]])


def lines(geometry: Geometry) -> Iterator[Sequence[Sequence[float]]]:
    """Yield every line, or every ring of an outline."""
    yield from _flat(geometry["coordinates"], _DEPTH[geometry["type"]] - 1)


def moved(geometry: Geometry, position: Callable[[float, float], tuple[float, float]]) -> dict[str, Any]:
    """Give the same geometry with other positions, each of which is made of longitude and latitude."""
    return {
        "type": geometry["type"],
        "coordinates": _moved(geometry["coordinates"], _DEPTH[geometry["type"]], position),
    }


def _flat(coordinates: Sequence[Any], depth: int) -> Iterator[Any]:
    if depth == 0:
        yield coordinates
    else:
        for one in coordinates:
            yield from _flat(one, depth - 1)


def _moved(
    coordinates: Sequence[Any], depth: int, position: Callable[[float, float], tuple[float, float]]
) -> list[Any]:
    if depth == 0:
        return list(position(coordinates[0], coordinates[1]))
    return [_moved(one, depth - 1, position) for one in coordinates]


def _encloses(geometry: Geometry, point: tuple[float, float]) -> bool:
    """Count the sides that a ray to the east crosses: odd is inside, and a hole makes it even again."""
    x, y = point
    crossed = 0
    for ring in lines(geometry):
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                crossed += 1
    return crossed % 2 == 1
