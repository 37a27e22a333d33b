"""Where a point lies to a polygon of GeoJSON, in kilometres: to a per mille within 50 km."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, hypot, inf, radians
from typing import Any, Final, TypeAlias

Point: TypeAlias = tuple[float, float]
_KM_A_DEGREE: Final = 111.2  # of latitude


def km_outside(point: Point, geometry: Mapping[str, Any]) -> float:
    """Give how far a point (longitude, latitude) lies outside a Polygon or MultiPolygon; 0 inside, and inf without one.

    Degrees are taken as a plane round the point: right to a per mille within 50 km.
    """
    polygons = list(_polygons(geometry))
    if any(_holds(rings, point) for rings in polygons):
        return 0.0
    sides = (side for rings in polygons for ring in rings for side in pairwise(ring))
    return min((_km_to_side(point, start, end) for start, end in sides), default=inf)


def _polygons(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[Point]]]:
    match geometry.get("type"):
        case "Polygon":
            yield geometry["coordinates"]
        case "MultiPolygon":
            yield from geometry["coordinates"]


def _holds(rings: Sequence[Sequence[Point]], point: Point) -> bool:
    """Count the sides that a ray to the east crosses: odd is inside, and a hole makes it even again."""
    x, y = point
    crossed = 0
    for ring in rings:
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                crossed += 1
    return crossed % 2 == 1


def _km_to_side(point: Point, start: Point, end: Point) -> float:
    width = _KM_A_DEGREE * cos(radians(point[1]))
    (x1, y1), (x2, y2) = (((x - point[0]) * width, (y - point[1]) * _KM_A_DEGREE) for x, y, *_ in (start, end))
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = min(1.0, max(0.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length)) if length else 0.0
    return hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))
