"""Panels of the kind `geomap`: markers, routes and GeoJSON on plain land; no tiles of others are fetched."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dashboards.preview import colors, letters, map_frame, svg
from dashboards.preview.field_settings import FieldSetting, value_color
from dashboards.preview.layout import PanelBox
from dashboards.preview.map_frame import GeomapFrame, GeoPosition, MapShape
from dashboards.preview.panel_data import PanelData
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.svg import Svg

_LATITUDES: Final = ("latitude", "lat")
_LONGITUDES: Final = ("longitude", "lon", "lng")
_AIR: Final = 6.0
_KEY: Final = 18.0


class MapMark(NamedTuple):
    """Something of a layer: its shape, colour, size in pixels, opacity, what is written beside it and said of it."""

    shape: MapShape
    color: str
    size: float
    opacity: float
    text: str
    said: str


class LayerValues(NamedTuple):
    """The rows of a layer, with what is set for the fields of their colour and their size."""

    data: PanelData
    frame: ResultFrame
    style: Mapping[str, Any]

    def field(self, dimension: str) -> tuple[FrameField, FieldSetting] | None:
        """Give the field that a dimension of the style names."""
        wanted = (self.style.get(dimension) or {}).get("field")
        found = next((field for field in self.frame.fields if wanted and field.name == wanted), None)
        return None if found is None else (found, self.data.setting(found, self.frame))

    def color(self, row: int) -> str:
        """Give the colour of a row."""
        found = self.field("color")
        if found is None:
            return colors.named(str((self.style.get("color") or {}).get("fixed", "dark-green")), self.data.scheme)
        field, how = found
        low, high = _reach(field)
        mapped = self.data.shown(field.values[row], how).color
        ranged = how.color_mode.startswith("continuous")
        own = value_color(field.values[row], how, self.data.scheme, low, high) if ranged else None
        return own or mapped or self.data.scheme.subtle

    def size(self, row: int) -> float:
        """Give the size of a row in pixels: between the smallest and the largest, by its value."""
        how = self.style.get("size") or {}
        found = self.field("size")
        if found is None:
            return float(how.get("fixed", 5))
        low, high = _reach(found[0])
        value = found[0].values[row]
        least, most = float(how.get("min", 2)), float(how.get("max", 15))
        return least if value is None else least + (most - least) * (value - low) / ((high - low) or 1)

    def text(self, row: int) -> str:
        """Give what is written beside a row."""
        found = self.field("text")
        return self.data.shown(found[0].values[row], found[1]).text if found else ""

    def said(self, row: int, *, but: Sequence[FrameField]) -> str:
        """Say a row, field by field."""
        pairs = [(field, self.data.setting(field, self.frame)) for field in self.frame.fields if field not in but]
        return "\n".join(
            f"{how.title}: {self.data.shown(field.values[row], how).text}" for field, how in pairs if not how.hidden
        )


def draw(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw the layers on top of each other, and say which of them are not here."""
    layers = [data.options.get("basemap") or {}, *(data.options.get("layers") or ())]
    found = [mark for layer in layers for mark in _marks(data, layer)]
    elsewhere = [str(layer.get("name") or layer["type"]) for layer in layers if _stands_elsewhere(layer)]
    notes = box.inner(top=box.height - _KEY)
    box = box.inner(bottom=_KEY)
    frame = _frame(data, [position for mark in found for line in mark.shape.lines for position in line], box)
    yield svg.rect(*box, fill=data.scheme.land, radius=4)
    yield svg.window(*box, *(_drawn(mark, frame, data) for mark in found), *_labels(found, frame))
    note = data.language.words("preview.layers_elsewhere", names=elsewhere) if elsewhere else ""
    yield from _key(data, layers, notes, note)


def _stands_elsewhere(layer: Mapping[str, Any]) -> bool:
    """Tell whether a layer is fetched from an address, as tiles and files are."""
    source = (layer.get("config") or {}).get("src") or (layer.get("config") or {}).get("url") or ""
    known = layer.get("type") in {"markers", "route", "geojson", "heatmap"}
    return bool(layer) and (not known or (layer["type"] == "geojson" and not str(source).startswith("data:")))


def _frame(data: PanelData, positions: Sequence[GeoPosition], box: PanelBox) -> GeomapFrame:
    view = data.options.get("view") or {}
    if view.get("id") == "coords" and {"lat", "lon", "zoom"} <= set(view):
        return map_frame.at(float(view["lon"]), float(view["lat"]), float(view["zoom"]), box)
    return map_frame.around(positions, box)


def _marks(data: PanelData, layer: Mapping[str, Any]) -> Iterator[MapMark]:
    config = layer.get("config") or {}
    style = config.get("style") or {}
    if layer.get("type") == "geojson":
        for shape in map_frame.shapes(map_frame.within(str(config.get("src") or ""))):
            yield _of_file(data, shape, style, config.get("rules") or ())
        return
    if layer.get("type") not in {"markers", "route", "heatmap"}:
        return
    for frame in data.frames:
        wanted = (layer.get("filterData") or {}).get("options")
        if wanted in {None, frame.ref}:
            values = LayerValues(data, frame, style)
            if layer["type"] == "route":
                yield from _route(values, layer)
            else:
                yield from _points(values, layer)


def _of_file(data: PanelData, shape: MapShape, style: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]) -> MapMark:
    """Style a shape of a file by the first rule that holds for its properties."""
    held = next((rule["style"] for rule in rules if _holds(rule.get("check") or {}, shape.properties)), style)
    color = colors.named(str((held.get("color") or {}).get("fixed", "dark-green")), data.scheme)
    size = float((held.get("size") or {}).get("fixed", 5 if shape.kind == "Point" else 1))
    name = str((held.get("text") or {}).get("fixed") or "")
    said = "\n".join(f"{key}: {value}" for key, value in shape.properties.items() if value is not None)
    return MapMark(shape, color, size, float(held.get("opacity", 0.4)), name, said)


def _holds(check: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    value, wanted = properties.get(str(check.get("property"))), check.get("value")
    match check.get("operation", "eq"):
        case "eq":
            return bool(value == wanted)
        case "ne":
            return bool(value != wanted)
        case "gt" | "gte" | "lt" | "lte" as operation if isinstance(value, int | float):
            limit = float(wanted or 0)
            return {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[operation]
        case _:
            return False


def _points(values: LayerValues, layer: Mapping[str, Any]) -> Iterator[MapMark]:
    """Give a mark for each row that has a position, or a shape in a column of GeoJSON."""
    places = _coordinates(values.frame, layer)
    opacity = float(values.style.get("opacity", 0.7))
    if places:
        latitudes, longitudes = places
        for row in range(values.frame.length):
            latitude, longitude = latitudes.values[row], longitudes.values[row]
            if latitude is not None and longitude is not None:
                shape = MapShape("Point", [[(longitude, latitude)]], {})
                said = values.said(row, but=places)
                yield MapMark(shape, values.color(row), values.size(row), opacity, values.text(row), said)
        return
    for field in values.frame.fields:
        for row, text in enumerate(field.values):
            for shape in map_frame.shapes(map_frame.document(text)):
                said = values.said(row, but=[field])
                yield MapMark(shape, values.color(row), values.size(row), opacity, values.text(row), said)


def _route(values: LayerValues, layer: Mapping[str, Any]) -> Iterator[MapMark]:
    places = _coordinates(values.frame, layer)
    if places and values.frame.length:
        pairs = zip(places[1].values, places[0].values, strict=True)
        line = [pair for pair in pairs if None not in pair]
        shape = MapShape("LineString", [line], {})
        yield MapMark(shape, values.color(0), values.size(0), 1.0, "", str(layer.get("name") or ""))


def _coordinates(frame: ResultFrame, layer: Mapping[str, Any]) -> tuple[FrameField, FrameField] | None:
    """Find the fields of latitude and longitude: those that the layer names, or those that are called so."""
    location = layer.get("location") or {}
    by_name = {field.name.lower(): field for field in frame.fields if field.kind == "number"}
    wanted = [
        (str(location.get(name) or "").lower(), *usual)
        for name, usual in (("latitude", _LATITUDES), ("longitude", _LONGITUDES))
    ]
    found = [next((by_name[name] for name in names if name in by_name), None) for names in wanted]
    return (found[0], found[1]) if found[0] and found[1] else None


def _reach(field: FrameField) -> tuple[float, float]:
    known = [value for value in field.values if isinstance(value, int | float)]
    return min(known, default=0.0), max(known, default=1.0)


def _drawn(mark: MapMark, frame: GeomapFrame, data: PanelData) -> Svg:
    title = (svg.title(mark.said),) if mark.said else ()
    if mark.shape.kind == "Point":
        circles = [
            svg.element("circle", cx=x, cy=y, r=max(1.5, mark.size))
            for line in mark.shape.lines
            for x, y in (frame.place(position) for position in line)
        ]
        opacity = f"{mark.opacity:.2f}"
        return svg.element("g", *title, *circles, fill=mark.color, fill_opacity=opacity, stroke=mark.color)
    points = ["L".join(" ".join(map(svg.number, frame.place(one))) for one in line) for line in mark.shape.lines]
    if mark.shape.kind == "Polygon":
        outline = svg.path(
            "".join(f"M{line}Z" for line in points), fill=mark.color, opacity=mark.opacity, stroke=mark.color, width=1
        )
        return svg.element("g", *title, outline)
    course = "".join(f"M{line}" for line in points)
    edge = svg.path(course, stroke=data.scheme.panel, width=max(1.5, mark.size) + 2)
    return svg.element("g", *title, edge, svg.path(course, stroke=mark.color, width=max(1.5, mark.size)))


def _labels(marks: Sequence[MapMark], frame: GeomapFrame) -> Iterator[Svg]:
    """Write beside marks what has room: a text that would stand on another is left out."""
    taken = [
        (x - mark.size, y - mark.size, x + mark.size, y + mark.size)
        for mark in marks
        if mark.shape.kind == "Point"
        for x, y in [frame.place(mark.shape.lines[0][0])]
    ]
    for mark in marks:
        if not mark.text:
            continue
        line = mark.shape.lines[0]
        x, y = frame.place(line[len(line) // 2])
        wide = letters.width(mark.text)
        for left in (x + mark.size + _AIR, x - mark.size - _AIR - wide):
            place = (left, y - letters.SIZE, left + wide, y + 4)
            inside = frame.box.x <= left and place[2] <= frame.box.right
            if inside and not any(_overlap(place, other) for other in taken):
                taken.append(place)
                yield svg.label(mark.text, left, y + 4, kind="tick halo")
                break


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _key(data: PanelData, layers: Sequence[Mapping[str, Any]], box: PanelBox, note: str) -> Iterator[Svg]:
    """Say what the colours of the first layer mean whose colour is a field, and what is not drawn."""
    x, y = box.x, box.bottom - 3
    for text, color in _meanings(data, layers):
        wide = letters.width(text) + 16 + _AIR * 2
        if x + wide > box.right:
            break
        yield svg.rect(x, y - 9, 10, 10, fill=color, radius=2)
        yield svg.label(text, x + 15, y)
        x += wide
    if note:
        yield svg.label(note, box.right, y, kind="s", anchor="end", room=max(0.0, box.right - x))


def _meanings(data: PanelData, layers: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    for layer in layers:
        for frame in data.frames:
            values = LayerValues(data, frame, (layer.get("config") or {}).get("style") or {})
            found = values.field("color")
            if found is None:
                continue
            field, how = found
            shown = {data.shown(value, how).text: values.color(row) for row, value in enumerate(field.values)}
            if field.kind != "number":
                return [(text, color) for text, color in shown.items() if text]
            rows = sorted((value, row) for row, value in enumerate(field.values) if value is not None)
            ends = [rows[0], rows[len(rows) // 2], rows[-1]] if rows else []
            return list({data.shown(value, how).text: values.color(row) for value, row in ends}.items())
    return []
