"""What lies in a bounding box, by hand on squared paper; and positions that move."""

from typing import Any

import pytest

from opendata.geometry import BoundingBox, moved, positions

pytestmark = pytest.mark.pure

BOX = BoundingBox(0, 0, 10, 10)
SQUARE = [[-20, -20], [20, -20], [20, 20], [-20, 20], [-20, -20]]
HOLE = [[-15, -15], [15, -15], [15, 15], [-15, 15], [-15, -15]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "meets"),
    [
        ("Point", [5, 5], True),
        ("Point", [10, 0], True),
        ("Point", [10.0001, 5], False),
        ("Point", [5, 5, 99], True),
        ("MultiPoint", [[20, 20], [1, 1]], True),
        ("MultiPoint", [[-5, 5], [15, 5]], False),
        ("LineString", [[-5, 5], [15, 5]], True),
        ("LineString", [[-5, 11], [15, 11]], False),
        ("LineString", [[-5, 0], [0, -5]], False),
        ("LineString", [[-5, 5], [5, -5]], True),
        ("LineString", [[-5, 4], [4, -5]], False),
        ("LineString", [[5, -5], [5, 15]], True),
        ("LineString", [[11, -5], [11, 15]], False),
        ("LineString", [[-9, 5], [-1, 5]], False),
        ("LineString", [[20, 20], [30, 30], [-1, 9], [11, 9]], True),
        ("MultiLineString", [[[20, 20], [30, 30]], [[-1, 1], [1, -1]]], True),
        ("MultiLineString", [[[20, 20], [30, 30]], [[-1, 0.5], [0.5, -1]]], False),
        ("Polygon", [SQUARE], True),
        ("Polygon", [SQUARE, HOLE], False),
        ("Polygon", [[[20, 20], [30, 20], [30, 30], [20, 20]]], False),
        ("Polygon", [[[9, 9], [30, 9], [30, 30], [9, 9]]], True),
        ("MultiPolygon", [[[[20, 20], [30, 20], [30, 30], [20, 20]]], [SQUARE]], True),
        ("MultiPolygon", [[[[20, 20], [30, 20], [30, 30], [20, 20]]], [SQUARE, HOLE]], False),
    ],
)
def test_a_geometry_meets_a_box_or_not(kind: str, coordinates: list[Any], *, meets: bool) -> None:
    """Ends, edges, lines that only pass through or by, outlines round the box, and boxes in holes."""
    assert BOX.meets({"type": kind, "coordinates": coordinates}) is meets


def test_every_position_moves_and_the_shape_stays() -> None:
    """Heights, which nobody asked for, are left out."""
    shape = {"type": "MultiPolygon", "coordinates": [[[[1, 2, 9], [3, 4, 9], [5, 6, 9], [1, 2, 9]]]]}
    turned = moved(shape, lambda x, y: (y, x))
    assert turned == {"type": "MultiPolygon", "coordinates": [[[[2, 1], [4, 3], [6, 5], [2, 1]]]]}
    assert [list(one) for one in positions(turned)] == [[2, 1], [4, 3], [6, 5], [2, 1]]
