"""Longitude and latitude in pixels of a drawing, by Web Mercator as maps of the web have it, and shapes of GeoJSON."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from math import asinh, pi, radians, tan
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import unquote

from dashboards.preview.layout import PanelBox

GeoPosition: TypeAlias = tuple[float, float]
"""Longitude and latitude, in degrees."""

_TILE: Final = 256.0
_TURN: Final = 360.0
_FARTHEST: Final = 85.0
_CLOSEST: Final = 15.0
"""One place alone is drawn as near as this zoom."""
_DATA: Final = "data:"


class MapShape(NamedTuple):
    """A geometry as lines of positions: what it is, and what is said of it."""

    kind: str
    lines: Sequence[Sequence[GeoPosition]]
    properties: Mapping[str, Any]


class GeomapFrame(NamedTuple):
    """What of the world a drawing shows: the middle of it, and how many pixels the world is wide."""

    box: PanelBox
    middle: tuple[float, float]
    world: float

    def place(self, position: GeoPosition) -> tuple[float, float]:
        """Give where a position lies on the sheet."""
        x, y = _mercator(position)
        return (
            self.box.x + self.box.width / 2 + (x - self.middle[0]) * self.world,
            self.box.y + self.box.height / 2 + (y - self.middle[1]) * self.world,
        )


def around(positions: Sequence[GeoPosition], box: PanelBox, padding: float = 36.0) -> GeomapFrame:
    """Show all positions."""
    points = [_mercator(position) for position in positions] or [_mercator((0, 0))]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    room = (max(1.0, box.width - 2 * padding), max(1.0, box.height - 2 * padding))
    closest = _TILE * 2**_CLOSEST
    world = min(
        closest,
        *(size / length for size, length in zip(room, (right - left, bottom - top), strict=True) if length > 0),
        closest,
    )
    return GeomapFrame(box, ((left + right) / 2, (top + bottom) / 2), world)


def at(longitude: float, latitude: float, zoom: float, box: PanelBox) -> GeomapFrame:
    """Show what lies around a position, at a zoom of the web's maps."""
    return GeomapFrame(box, _mercator((longitude, latitude)), _TILE * 2**zoom)


def shapes(document: object) -> Iterator[MapShape]:
    """Read a GeoJSON of any kind; what is none has no shapes."""
    if not isinstance(document, Mapping):
        return
    match document.get("type"):
        case "FeatureCollection":
            for feature in document.get("features") or ():
                yield from shapes(feature)
        case "Feature":
            for shape in shapes(document.get("geometry")):
                yield shape._replace(properties=document.get("properties") or {})
        case "GeometryCollection":
            for geometry in document.get("geometries") or ():
                yield from shapes(geometry)
        case str(kind):
            lines = [line for line in _lines(document.get("coordinates")) if line]
            if lines:
                yield MapShape(kind.removeprefix("Multi"), lines, {})
        case _:
            return


def within(address: str) -> object | None:
    """Read the GeoJSON that an address holds itself (`data:`); None where it stands elsewhere, or is none."""
    if not address.startswith(_DATA):
        return None
    head, _, body = address.removeprefix(_DATA).partition(",")
    try:
        text = b64decode(body).decode() if head.endswith(";base64") else unquote(body)
        found: object = json.loads(text)
    except ValueError:
        return None
    return found


def document(text: object) -> object | None:
    """Read a text of a column as GeoJSON; None where it is none."""
    if not isinstance(text, str) or not text.startswith("{"):
        return None
    try:
        found: object = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "type" in found else None


def _lines(coordinates: Any) -> Iterator[list[GeoPosition]]:  # noqa: ANN401 - lists of lists of numbers
    """Give the lines of coordinates of any depth; a point is a line of one position."""
    match coordinates:
        case [int() | float(), int() | float(), *_]:
            yield [(float(coordinates[0]), float(coordinates[1]))]
        case [[int() | float(), *_], *_]:
            yield [(float(one[0]), float(one[1])) for one in coordinates]
        case list():
            for one in coordinates:
                yield from _lines(one)
        case _:
            return


def _mercator(position: GeoPosition) -> tuple[float, float]:
    """Give x to the east and y to the south, the whole world from 0 to 1."""
    longitude, latitude = position[0], min(_FARTHEST, max(-_FARTHEST, position[1]))
    return longitude / _TURN + 0.5, 0.5 - asinh(tan(radians(latitude))) / (2 * pi)
