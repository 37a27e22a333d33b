"""The axes of a drawing: values on the left or the right, time or categories below, and the lines between."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dashboards.preview import letters, scales, svg, units
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import DashboardMark, PanelData
from dashboards.preview.scales import TimeScale, ValueScale
from dashboards.preview.svg import Svg

BELOW: Final = 22.0
"""Pixels below a drawing, in which time is written."""
_TICK_HEIGHT: Final = 34.0
_AIR: Final = 8.0
_LINE: Final = 14.0
_LINES: Final = 3
"""Into so many lines a category is broken."""
_LEAST_SLOT: Final = 64.0
"""Pixels of a category in which words of it can be read."""


class ValueAxis(NamedTuple):
    """A scale along the height of a drawing, written on one side."""

    scale: ValueScale
    texts: Sequence[str]
    label: str
    right: bool

    @property
    def room(self) -> float:
        """How many pixels its texts take."""
        return max((letters.width(text) for text in self.texts), default=0.0) + _AIR

    def height(self, value: float, box: PanelBox) -> float:
        """Give the height of a value in a drawing."""
        return box.bottom - self.scale.share(value) * box.height


def most_ticks(height: float) -> int:
    """Say how many steps of a scale have room along a height."""
    return max(1, int(height // _TICK_HEIGHT))


def value_axis(scale: ValueScale, unit: str, data: PanelData, *, label: str = "", right: bool = False) -> ValueAxis:
    """Make an axis with a text at every tick."""
    return ValueAxis(scale, [units.brief(tick, unit, data.language) for tick in scale.ticks], label, right)


def drawing_box(box: PanelBox, axes: Iterable[ValueAxis], lines: int = 1) -> PanelBox:
    """Leave room for what is written at the edges of a drawing, with so many lines below it."""
    axes = list(axes)
    left = max((axis.room for axis in axes if not axis.right), default=4.0)
    right = max((axis.room for axis in axes if axis.right), default=4.0)
    top = 20.0 if any(axis.label for axis in axes) else 8.0
    return box.inner(left, top, right, BELOW + (lines - 1) * _LINE)


def draw_values(axis: ValueAxis, box: PanelBox, *, lines: bool) -> list[Svg]:
    """Draw an axis of values, with lines across the drawing where it is the only one that has them."""
    drawn: list[Svg] = []
    for tick, text in zip(axis.scale.ticks, axis.texts, strict=True):
        y = axis.height(tick, box)
        if lines:
            drawn.append(svg.path(f"M{svg.number(box.x)} {svg.number(y)}H{svg.number(box.right)}", kind="grid"))
        x = box.right + _AIR if axis.right else box.x - _AIR
        drawn.append(svg.label(text, x, y + 4, kind="tick", anchor="start" if axis.right else "end"))
    if axis.label:
        x = box.right + axis.room if axis.right else box.x - axis.room
        anchor: svg.Anchor = "end" if axis.right else "start"
        drawn.append(svg.label(axis.label, x, box.y - 9, kind="s", anchor=anchor, room=box.width / 2))
    return drawn


def time_scale(data: PanelData, box: PanelBox) -> TimeScale:
    """Make the scale of the range of a panel along a drawing."""
    return TimeScale(data.span.start, data.span.end, box.x, box.width)


def draw_times(scale: TimeScale, box: PanelBox, data: PanelData) -> list[Svg]:
    """Write times below a drawing, each with a line across it."""
    drawn: list[Svg] = []
    for tick in scales.time_ticks(scale, data.language):
        x = scale.place(tick.at)
        drawn += [
            svg.path(f"M{svg.number(x)} {svg.number(box.y)}V{svg.number(box.bottom + 4)}", kind="grid"),
            svg.label(tick.text, x, box.bottom + 17, kind="tick", anchor="middle"),
        ]
    return drawn


def draw_marks(marks: Sequence[DashboardMark], scale: TimeScale, box: PanelBox) -> list[Svg]:
    """Draw annotations as Grafana does: a dashed line each, over a pale area where they last."""
    drawn: list[Svg] = []
    for mark in marks:
        if mark.at > scale.end or (mark.until or mark.at) < scale.start:
            continue
        x = max(box.x, scale.place(mark.at))
        until = min(box.right, scale.place(mark.until)) if mark.until else x
        line = f"M{svg.number(x)} {svg.number(box.y)}V{svg.number(box.bottom)}"
        drawn.append(
            svg.element(
                "g",
                svg.title(mark.text),
                svg.rect(x, box.y, until - x, box.height, fill=mark.color, opacity=0.1),
                svg.path(line, stroke=mark.color, width=1, dashes="3 3"),
            )
        )
    return drawn


def category_lines(texts: Sequence[str], width: float) -> list[list[str]]:
    """Break categories into lines that stand in slots of one width; where that has no room, a line of some of them."""
    slot = width / max(1, len(texts))
    if max((letters.width(text) for text in texts), default=0.0) + _AIR <= slot:
        return [[text] for text in texts]
    if slot >= _LEAST_SLOT:
        return [list(letters.wrapped(text, slot - _AIR))[:_LINES] for text in texts]
    widest = max(letters.width(text) for text in texts)
    every = next((step for step in range(1, len(texts)) if widest + _AIR <= slot * step), len(texts))
    return [[text] if place % every == 0 else [] for place, text in enumerate(texts)]


def draw_categories(lines: Sequence[Sequence[str]], box: PanelBox) -> list[Svg]:
    """Write categories below a drawing."""
    slot = box.width / max(1, len(lines))
    return [
        svg.label(line, box.x + (place + 0.5) * slot, box.bottom + 17 + number * _LINE, kind="tick", anchor="middle")
        for place, several in enumerate(lines)
        for number, line in enumerate(several)
    ]
