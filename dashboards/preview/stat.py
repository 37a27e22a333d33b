"""Panels of the kind `stat`: one large number each, with its name and a small line of how it went."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any, Final, NamedTuple

from dashboards.preview import colors, layout, letters, svg
from dashboards.preview.field_settings import ShownValue, expression
from dashboards.preview.layout import PanelBox
from dashboards.preview.legend import CALCULATIONS
from dashboards.preview.panel_data import PanelData
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.svg import Svg

_SLOT: Final = 190.0
"""Pixels that a number wants, where there are several."""
_LOWEST: Final = 60.0  # pixels of a row of numbers with their names: before it is lower, all stand in one
_LARGEST: Final = 44.0
_NAME: Final = 13.0
_GRAPH: Final = 0.35
_LEAST: Final = 2


class StatValue(NamedTuple):
    """A number with its name, and the values that came before it."""

    name: str
    shown: ShownValue
    history: Sequence[float]
    known: bool = True


def draw(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw every number that the panel is reduced to, in a grid."""
    found = list(_values(data))
    across = max(1, min(len(found), int(box.width // _SLOT) or 1))
    if data.options.get("orientation") == "horizontal":
        across = 1
    if found and box.height / ceil(len(found) / across) < _LOWEST:
        across = len(found)
    rows = ceil(len(found) / across) or 1
    boxes = [cell for row in layout.split(box, rows, across=False) for cell in layout.split(row, across, across=True)]
    for one, cell in zip(found, boxes, strict=False):
        yield svg.element("g", *_value(data, one, cell, named=len(found) > 1))


def _values(data: PanelData) -> Iterator[StatValue]:
    reduced: Mapping[str, Any] = data.options.get("reduceOptions") or {}
    calculation = next(iter(reduced.get("calcs") or ()), "lastNotNull")
    for frame in data.frames:
        fields = [field for field in frame.fields if _chosen(field, str(reduced.get("fields") or ""))]
        for field in fields:
            how = data.setting(field, frame)
            if how.hidden:
                continue
            if reduced.get("values"):
                yield from _rows(data, field, frame, int(reduced.get("limit") or frame.length), alone=len(fields) == 1)
                continue
            known = [value for value in field.values if value is not None]
            numbers = [value for value in known if isinstance(value, int | float)]
            value = CALCULATIONS[calculation](numbers) if numbers and calculation in CALCULATIONS else None
            if value is None and known:
                value = known[-1]
            yield StatValue(how.title, data.shown(value, how), numbers if frame.time else (), known=bool(known))


def _rows(data: PanelData, field: FrameField, frame: ResultFrame, most: int, *, alone: bool) -> Iterator[StatValue]:
    """Give a number for each row, with the row's first text as its name."""
    how = data.setting(field, frame)
    texts = next((one for one in frame.fields if one.kind == "string"), None)
    for row, value in enumerate(field.values[:most]):
        name = str(texts.values[row] or "") if texts else how.title
        yield StatValue(name if alone or not texts else f"{name} {how.title}", data.shown(value, how), ())


def _chosen(field: FrameField, wanted: str) -> bool:
    """Tell whether a field is one of those that the panel names; of those numbers where it names none."""
    return expression(wanted).search(field.name) is not None if wanted else field.kind == "number"


def _value(data: PanelData, one: StatValue, box: PanelBox, *, named: bool) -> Iterator[Svg]:
    mode, graph = data.options.get("colorMode", "value"), data.options.get("graphMode", "area")
    texts = data.options.get("textMode", "auto")
    shown = one.shown.color or (data.scheme.text if one.known else data.scheme.subtle)
    ink = shown if mode == "value" else data.scheme.text
    if mode.startswith("background") and one.shown.color:
        yield svg.rect(box.x, box.y, box.width, box.height, fill=shown, radius=4)
        ink = colors.on(shown)
    graphed = box.height * _GRAPH if graph == "area" and len(one.history) >= _LEAST else 0.0
    if graphed:
        yield from _graph(one.history, box, ink)
    name = one.name if texts in {"value_and_name", "name"} or (texts == "auto" and named) else ""
    text = {"none": "", "name": one.name}.get(texts, one.shown.text)
    room = box.width - 2 * layout.GAP
    height = box.height - (_NAME + layout.GAP if name else 0) - graphed
    size = min(_LARGEST, height * 0.6, _LARGEST * room / max(1.0, letters.width(text, _LARGEST, bold=True)))
    middle = box.x + box.width / 2
    y = box.y + (_NAME + layout.GAP if name else 0) + height / 2 + size * 0.36
    if name and texts != "name":
        yield svg.label(
            name,
            middle,
            box.y + _NAME + 6,
            size=_NAME,
            anchor="middle",
            room=room,
            fill=ink if mode != "value" else None,
        )
    yield svg.label(
        text, middle, y, size=round(size, 1), anchor="middle", fill=ink, bold=True, said=f"{one.name}: {text}"
    )


def _graph(values: Sequence[float], box: PanelBox, ink: str) -> Iterator[Svg]:
    """Draw how the number went below it, pale."""
    low, high = min(values), max(values)
    top, height = box.bottom - box.height * _GRAPH, box.height * _GRAPH
    step = box.width / (len(values) - 1)
    points = "L".join(
        f"{svg.number(box.x + place * step)} {svg.number(top + height - (value - low) / ((high - low) or 1) * height)}"
        for place, value in enumerate(values)
    )
    area = f"M{svg.number(box.x)} {svg.number(box.bottom)}L{points}L{svg.number(box.right)} {svg.number(box.bottom)}Z"
    yield svg.path(area, fill=ink, opacity=0.14)
