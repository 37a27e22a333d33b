"""Panels of the kind `table`: the columns and rows that have room, as a screen would show them, and what has none."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from dashboards.preview import colors, svg
from dashboards.preview.field_settings import FieldSetting, ShownValue, value_color
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import PanelData
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.svg import Svg

_HEIGHTS: Final = {"sm": 28.0, "md": 36.0, "lg": 44.0}
"""Pixels of a row, by Grafana's names of them; somewhat less than there, as nobody points at one."""
_HEAD: Final = 28.0
_NOTE: Final = 20.0
_LEAST: Final = 150.0
"""Grafana makes no column narrower that has no width of its own, and scrolls instead."""
_AIR: Final = 8.0


class PlacedColumn(NamedTuple):
    """A column of a table with its place on the sheet, and the lowest and highest value of all that are ramps."""

    field: FrameField
    how: FieldSetting
    x: float
    width: float
    ramp: tuple[float, float] = (0.0, 1.0)

    @property
    def at_right(self) -> bool:
        """Tell whether its values end at the right, as numbers do."""
        align = self.how.custom("align", "auto")
        return bool(align == "right" or (align == "auto" and self.field.kind == "number"))

    def place(self) -> tuple[float, svg.Anchor]:
        """Give where its texts stand."""
        if self.how.custom("align") == "center":
            return self.x + self.width / 2, "middle"
        return (self.x + self.width - _AIR, "end") if self.at_right else (self.x + _AIR, "start")


def draw(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw the first frame of a panel as a table."""
    frame = data.frames[min(int(data.options.get("frameIndex") or 0), len(data.frames) - 1)]
    order = _order(data, frame)
    pairs = [(field, data.setting(field, frame)) for field in frame.fields]
    visible = [(field, how) for field, how in pairs if not how.hidden]
    columns, left_out = _columns(visible, box)
    ramp = _reach(field for field, how in visible if how.color_mode.startswith("continuous"))
    columns = [column._replace(ramp=ramp) for column in columns]
    height = _HEIGHTS.get(str(data.options.get("cellHeight")), _HEIGHTS["sm"])
    room = int((box.height - _HEAD) // height)
    if frame.length > room or left_out:
        room = int((box.height - _HEAD - _NOTE) // height)
    yield svg.element("g", *_heads(columns, box))
    for place, row in enumerate(order[: max(0, room)]):
        top = box.y + _HEAD + place * height
        yield svg.element("g", *_row(data, columns, row, PanelBox(box.x, top, box.width, height)))
    note = _note(data, max(0, frame.length - max(0, room)), left_out)
    if note:
        yield svg.label(note, box.x + _AIR, box.bottom - 4, kind="s", room=box.width - 2 * _AIR)


def _order(data: PanelData, frame: ResultFrame) -> list[int]:
    """Give the rows in the order of the columns by which the panel sorts; those without a value are last."""
    order = list(range(frame.length))
    for sort in reversed(data.options.get("sortBy") or ()):
        wanted, falling = sort.get("displayName"), bool(sort.get("desc"))
        for field in frame.fields:
            if wanted in {field.name, data.setting(field, frame).title}:
                known = [row for row in order if field.values[row] is not None]
                known.sort(key=lambda row: field.values[row], reverse=falling)
                order = [*known, *(row for row in order if field.values[row] is None)]
    return order


def _columns(fields: Sequence[tuple[FrameField, FieldSetting]], box: PanelBox) -> tuple[list[PlacedColumn], list[str]]:
    """Give the columns that have room, and the names of the others, which Grafana shows when the table is scrolled."""
    found: list[PlacedColumn] = []
    x = box.x
    for (field, how), wide in zip(fields, _widths([how for _, how in fields], box.width), strict=True):
        if found and x + wide > box.right + 1:
            break
        found.append(PlacedColumn(field, how, x, min(wide, box.right - x)))
        x += wide
    return found, [how.title for _, how in fields[len(found) :]]


def _widths(hows: Sequence[FieldSetting], whole: float) -> list[float]:
    """Give the widths of columns: the one that is set, or an equal part of what is left, but no less than the least."""
    widths = {place: float(how.custom("width", 0)) for place, how in enumerate(hows) if how.custom("width")}
    least = {place: float(how.custom("minWidth", _LEAST)) for place, how in enumerate(hows) if place not in widths}
    while least:
        each = (whole - sum(widths.values())) / len(least)
        narrow = {place: width for place, width in least.items() if width > each}
        widths |= narrow or dict.fromkeys(least, each)
        least = {place: width for place, width in least.items() if place not in widths}
    return [widths[place] for place in range(len(hows))]


def _heads(columns: Sequence[PlacedColumn], box: PanelBox) -> Iterator[Svg]:
    for column in columns:
        x, anchor = column.place()
        yield svg.label(
            column.how.title, x, box.y + 18, kind="a", anchor=anchor, room=column.width - 2 * _AIR, bold=True
        )
    y = svg.number(box.y + _HEAD - 1)
    yield svg.path(f"M{svg.number(box.x)} {y}H{svg.number(box.right)}", kind="edge")


def _row(data: PanelData, columns: Sequence[PlacedColumn], row: int, box: PanelBox) -> Iterator[Svg]:
    line = f"M{svg.number(box.x)} {svg.number(box.bottom)}H{svg.number(box.right)}"
    yield svg.path(line, kind="grid")
    for column in columns:
        yield from _cell(data, column, column.field.values[row], box)


def _cell(data: PanelData, column: PlacedColumn, value: Any, box: PanelBox) -> Iterator[Svg]:  # noqa: ANN401
    options = column.how.custom("cellOptions") or {}
    kind = options.get("type", "auto")
    shown = _with_ramp(data, column, value, data.shown(value, column.how))
    fill: str | None = None
    cell = PanelBox(column.x, box.y, column.width, box.height)
    if kind == "color-background" and shown.color:
        yield svg.rect(cell.x + 1, cell.y + 1, cell.width - 2, cell.height - 1, fill=shown.color, radius=2)
        fill = colors.on(shown.color)
    elif kind == "color-text":
        fill = shown.color
    elif kind == "gauge" and isinstance(value, int | float):
        yield from _gauge(data, column, value, shown, cell)
        return
    x, anchor = column.place()
    yield svg.label(shown.text, x, cell.y + cell.height / 2 + 4, anchor=anchor, room=cell.width - 2 * _AIR, fill=fill)


def _with_ramp(data: PanelData, column: PlacedColumn, value: Any, shown: ShownValue) -> ShownValue:  # noqa: ANN401
    """Give the value of a ramp its colour among the values of all columns that are ramps, as Grafana does."""
    if not column.how.color_mode.startswith("continuous") or not isinstance(value, int | float):
        return shown
    return shown._replace(color=value_color(value, column.how, data.scheme, *column.ramp))


def _reach(fields: Iterable[FrameField]) -> tuple[float, float]:
    known = [value for field in fields for value in field.values if isinstance(value, int | float)]
    return min(known, default=0.0), max(known, default=1.0)


def _gauge(data: PanelData, column: PlacedColumn, value: float, shown: ShownValue, cell: PanelBox) -> Iterator[Svg]:
    """Draw a value as a bar beside its number."""
    low, high = column.how.bound("min"), column.how.bound("max")
    least, most = _reach([column.field])
    low, high = min(0.0, least) if low is None else low, most if high is None else high
    text = cell.width * 0.4
    room = cell.width - text - 2 * _AIR
    share = min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.0
    top, height = cell.y + cell.height * 0.25, cell.height * 0.5
    yield svg.rect(cell.x + _AIR, top, room, height, fill=data.scheme.grid, radius=2)
    yield svg.rect(cell.x + _AIR, top, room * share, height, fill=shown.color or data.scheme.accent, radius=2)
    yield svg.label(
        shown.text, cell.x + cell.width - _AIR, cell.y + cell.height / 2 + 4, anchor="end", room=text - _AIR
    )


def _note(data: PanelData, rows: int, columns: Sequence[str]) -> str:
    words = data.language.words
    parts = []
    if rows:
        parts.append(words("preview.more_rows", count=rows))
    if columns:
        parts.append(words("preview.more_columns", names=list(columns)))
    return " \u00b7 ".join(parts)
