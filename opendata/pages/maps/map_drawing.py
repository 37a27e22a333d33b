"""A map drawn on the server, as SVG: the same places as the script draws, for who has none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Final

from markupsafe import Markup

from opendata.geometry import BoundingBox, lines, positions
from opendata.pages.maps.map_places import KINDS, MapPlace

_WIDTH: Final = 1000.0
"""Units of the drawing from west to east."""
_AIR: Final = 0.06
"""Which part of its size is left free round what is shown."""
_SHORTEST: Final = 0.004
"""Degrees that a map spans at least: one place alone has surroundings."""
_WIDE: Final = 1.35
_TALL: Final = 1.0
"""How wide a drawing is at most and at least, by its height."""
_LARGEST: Final = 26.0
_SMALLEST: Final = 7.0
"""Radius of the busiest site, and of one without a number."""
_ROUND: Final = 6.0
"""How far a screenline is drawn round its sites."""
_LETTER: Final = 13.0
"""Units that a letter of a name is wide."""
_STEPS: Final = 5
"""Widths of a link: a class each, as a page has no styles of its own."""


@dataclass(frozen=True)
class MapFrame:
    """What of the world is drawn: straight on the plane, as near as a city is small."""

    box: BoundingBox

    @classmethod
    def round(cls, places: Iterable[MapPlace]) -> "MapFrame | None":
        """Give the frame round places; None where none of them lies anywhere."""
        points = [point for one in places if one.geometry for point in positions(one.geometry)]
        if not points:
            return None
        west, east = min(point[0] for point in points), max(point[0] for point in points)
        south, north = min(point[1] for point in points), max(point[1] for point in points)
        return cls(_shaped(west, south, east, north))

    @property
    def scale(self) -> float:
        """Units a degree of longitude."""
        return _WIDTH / (self.box.east - self.box.west)

    @property
    def height(self) -> float:
        """Units from south to north."""
        return (self.box.north - self.box.south) * self.scale / _narrowing(self.box)

    def at(self, point: Sequence[float]) -> tuple[float, float]:
        """Give where a position is drawn."""
        x = (point[0] - self.box.west) * self.scale
        return x, (self.box.north - point[1]) * self.scale / _narrowing(self.box)


def drawn(frame: MapFrame, places: Sequence[MapPlace], chosen: frozenset[str], names: frozenset[str]) -> Markup:
    """Draw places in a frame: the chosen as they are, the others pale; districts of `names` with theirs."""
    radii = dict(_radii(places))
    busiest = {kind: max((one.number or 0.0 for one in places if one.kind == kind), default=0.0) for kind in KINDS}
    shapes = [
        Markup('<g class="{}">{}</g>').format(
            " ".join(filter(None, (one.kind, *_looks(one), "" if one.key in chosen else "pale"))),
            Markup("").join(_shape(frame, one, busiest[one.kind], radii)),
        )
        for kind in KINDS
        for one in places
        if one.kind == kind and one.geometry is not None and frame.box.meets(one.geometry)
    ]
    labels = _labels(frame, [one for one in places if one.kind == "district" and one.key in names and one.geometry])
    return Markup('<svg viewBox="0 0 {:.0f} {:.0f}" aria-hidden="true" focusable="false">{}{}</svg>').format(
        _WIDTH, frame.height, Markup("").join(shapes), Markup("").join(labels)
    )


def size_of(number: float | None, most: float, largest: float = _LARGEST, smallest: float = _SMALLEST) -> float:
    """Give the radius whose area is in proportion to a number, so that twice as many look twice as much."""
    return smallest if not number or most <= 0 else max(smallest, largest * sqrt(number / most))


def _looks(one: MapPlace) -> Iterator[str]:
    if one.green:
        yield "green"
    if one.assumed:
        yield "assumed"
    if one.number is None and one.kind in {"link", "site"}:
        yield "unknown"


def _shape(frame: MapFrame, one: MapPlace, most: float, radii: Mapping[tuple[float, ...], float]) -> Iterator[Markup]:
    geometry = one.geometry or {}
    said = f"{one.name}: {one.value} {one.unit}" if one.value else f"{one.name}: {one.coverage}"
    title = Markup("<title>{}</title>").format(said)
    if one.kind == "district":
        yield Markup('<path d="{}">{}</path>').format(
            "".join(_path(frame, ring) + "Z" for ring in lines(geometry)), title
        )
    elif one.kind == "link":
        for line in lines(geometry):
            yield from _strokes(_path(frame, line), _step(one.number, most), title, hollow=not one.green)
    elif one.kind == "station":
        for x, y in map(frame.at, positions(geometry)):
            yield Markup('<rect x="{:.1f}" y="{:.1f}" width="16" height="16">{}</rect>').format(x - 8, y - 8, title)
    else:
        around = max((radii.get(tuple(point), 0.0) for point in positions(geometry)), default=0.0) + _ROUND
        radius = size_of(one.number, most) if one.kind == "site" else around
        for x, y in map(frame.at, positions(geometry)):
            yield Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}">{}</circle>').format(x, y, radius, title)


def _strokes(path: str, step: int, title: Markup, *, hollow: bool) -> Iterator[Markup]:
    """Draw a line, with a pale core in it where it is hollow: what is not green, for who sees no colours."""
    yield Markup('<path class="w{}" d="{}">{}</path>').format(step, path, title)
    if hollow:
        yield Markup('<path class="core w{}" d="{}"/>').format(step, path)


def _radii(places: Iterable[MapPlace]) -> Iterator[tuple[tuple[float, ...], float]]:
    """Yield how large each site is drawn, by its position: a screenline is a ring round its sites."""
    sites = [one for one in places if one.kind == "site" and one.geometry]
    most = max((one.number or 0.0 for one in sites), default=0.0)
    for one in sites:
        for point in positions(one.geometry or {}):
            yield tuple(point), size_of(one.number, most)


def _labels(frame: MapFrame, districts: Iterable[MapPlace]) -> Iterator[Markup]:
    """Write the names of districts, each in the middle of its largest outline; one that would meet another is left."""
    written: list[tuple[float, float, float]] = []
    for one in districts:
        ring = max(lines(one.geometry or {}), key=len)
        x, y = frame.at((sum(point[0] for point in ring) / len(ring), sum(point[1] for point in ring) / len(ring)))
        half = len(one.name) * _LETTER / 2
        inside = half < x < _WIDTH - half and _LETTER < y < frame.height
        if inside and not any(abs(x - at) < half + other and abs(y - up) < 2 * _LETTER for at, up, other in written):
            written.append((x, y, half))
            yield Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x, y, one.name)


def _step(number: float | None, most: float) -> int:
    return 0 if not number or most <= 0 else max(1, round(_STEPS * number / most))


def _path(frame: MapFrame, line: Iterable[Sequence[float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(frame.at, line))


def _narrowing(box: BoundingBox) -> float:
    """How much shorter a degree of longitude is than one of latitude."""
    return cos(radians((box.south + box.north) / 2))


def _shaped(west: float, south: float, east: float, north: float) -> BoundingBox:
    """Widen a box until it has room round it, and is neither too wide nor too tall for a page."""
    narrowing = cos(radians((south + north) / 2))
    width = max(_SHORTEST, east - west) * (1 + 2 * _AIR)
    height = max(_SHORTEST * narrowing, north - south) * (1 + 2 * _AIR)
    if width * narrowing > height * _WIDE:
        height = width * narrowing / _WIDE
    elif width * narrowing < height * _TALL:
        width = height * _TALL / narrowing
    x, y = (west + east) / 2, (south + north) / 2
    return BoundingBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
