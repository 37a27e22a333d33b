"""Panels of the kind `barchart`: numbers by category, upright or lying, beside or on top of each other."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from dashboards.preview import axes, colors, legend, letters, scales, svg
from dashboards.preview.axes import ValueAxis
from dashboards.preview.field_settings import value_color
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import PanelData, PanelSeries
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.svg import Svg

_AIR: Final = 8.0
_NAMES: Final = 0.35
"""Of the width of a chart that lies, its categories take at most so much."""


class BarSpan(NamedTuple):
    """One number of a chart: whose, of which category, and between which values and parts of its slot it is drawn."""

    series: PanelSeries
    row: int
    start: float
    end: float
    left: float
    width: float
    value: float


def draw(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw the numbers of the first frame by its categories."""
    frame = data.frames[0]
    category = _category(data, frame)
    texts = _texts(data, category, frame)
    series = [one for one in data.series() if one.frame is frame and one.field is not category]
    box, key = legend.draw(data, legend.entries(data, series) if len(series) > 1 else [], box)
    bars = list(_bars(data, series, frame.length))
    lying = data.options.get("orientation") == "horizontal"
    length = box.width * (1 - _NAMES) if lying else box.height - axes.BELOW
    axis = _axis(data, series, bars, length, lying=lying)
    if lying:
        yield from _lying(data, bars, texts, axis, box)
    else:
        yield from _upright(data, bars, texts, axis, box)
    yield from key


def _category(data: PanelData, frame: ResultFrame) -> FrameField | None:
    wanted = data.options.get("xField")
    named = next((field for field in frame.fields if wanted and field.name == wanted), None)
    kinds = [field for kind in ("string", "time") for field in frame.fields if field.kind == kind]
    return named or next(iter(kinds), None)


def _texts(data: PanelData, category: FrameField | None, frame: ResultFrame) -> list[str]:
    if category is None:
        return [str(row + 1) for row in range(frame.length)]
    if category.kind == "time":
        return [data.language.day(at) if at else "" for at in category.values]
    how = data.setting(category, frame)
    return [data.shown(value, how).text for value in category.values]


def _bars(data: PanelData, series: Sequence[PanelSeries], rows: int) -> Iterator[BarSpan]:
    stacked = str(data.options.get("stacking") or "none")
    group, bar = float(data.options.get("groupWidth", 0.7)), float(data.options.get("barWidth", 0.97))
    for row in range(rows):
        values = [one.field.values[row] for one in series]
        total = sum(abs(value) for value in values if value is not None) or 1.0
        floor = 0.0
        for place, (one, value) in enumerate(zip(series, values, strict=True)):
            if value is None:
                continue
            if stacked == "none":
                slot = group / len(series) if len(series) > 1 else bar
                left = (1 - slot * len(series)) / 2 + place * slot
                yield BarSpan(one, row, 0.0, value, left, slot * bar, value)
                continue
            height = value / total if stacked == "percent" else value
            yield BarSpan(one, row, floor, floor + height, (1 - bar) / 2, bar, value)
            floor += height


def _axis(
    data: PanelData, series: Sequence[PanelSeries], bars: Sequence[BarSpan], length: float, *, lying: bool
) -> ValueAxis:
    hows = [one.how for one in series]
    low = next((found for how in hows if (found := how.bound("min")) is not None), None)
    high = next((found for how in hows if (found := how.bound("max")) is not None), None)
    unit = "percentunit" if data.options.get("stacking") == "percent" else next((how.unit for how in hows), "")
    values = [0.0, *(bar.end for bar in bars)]
    most = axes.most_ticks(length / (3 if lying else 1))
    axis = axes.value_axis(scales.value_scale(values, most, low=low, high=high), unit, data)
    while lying and most > 1 and axis.room * len(axis.texts) > length:
        most -= 1
        axis = axes.value_axis(scales.value_scale(values, most, low=low, high=high), unit, data)
    return axis


def _upright(
    data: PanelData, bars: Sequence[BarSpan], texts: Sequence[str], axis: ValueAxis, box: PanelBox
) -> Iterator[Svg]:
    lines = axes.category_lines(texts, axes.drawing_box(box, [axis]).width)
    inner = axes.drawing_box(box, [axis], max((len(several) for several in lines), default=1))
    slot = inner.width / max(1, len(texts))
    yield from axes.draw_values(axis, inner, lines=True)
    for bar in bars:
        top, low = axis.height(max(bar.start, bar.end), inner), axis.height(min(bar.start, bar.end), inner)
        place = PanelBox(inner.x + (bar.row + bar.left) * slot, top, bar.width * slot, max(0.8, low - top))
        color, words = _color(data, bar), data.shown(bar.value, bar.series.how).text
        yield svg.rect(*place, svg.title(_said(bar, texts, words)), fill=color, opacity=_opacity(bar))
        if _with_values(data) and letters.width(words) <= place.width and place.height > letters.SIZE + _AIR:
            ink = colors.on(colors.mixed(data.scheme.panel, color, _opacity(bar)))
            yield svg.label(words, place.x + place.width / 2, place.y + 15, anchor="middle", fill=ink)
    yield from axes.draw_categories(lines, inner)


def _lying(
    data: PanelData, bars: Sequence[BarSpan], texts: Sequence[str], axis: ValueAxis, box: PanelBox
) -> Iterator[Svg]:
    names = min(box.width * _NAMES, max((letters.width(text) for text in texts), default=0.0) + _AIR)
    inner = box.inner(names, 0, axis.room / 2 + _AIR, axes.BELOW)
    slot = inner.height / max(1, len(texts))
    for tick, text in zip(axis.scale.ticks, axis.texts, strict=True):
        x = inner.x + axis.scale.share(tick) * inner.width
        yield svg.path(f"M{svg.number(x)} {svg.number(inner.y)}V{svg.number(inner.bottom + 4)}", kind="grid")
        yield svg.label(text, x, inner.bottom + 17, kind="tick", anchor="middle")
    every = next((step for step in range(1, len(texts) + 1) if slot * step >= letters.SIZE + 2), 1)
    for row, text in enumerate(texts):
        if row % every == 0:
            y = inner.y + (row + 0.5) * slot + 4
            yield svg.label(text, inner.x - _AIR, y, kind="tick", anchor="end", room=names - _AIR)
    for bar in bars:
        shares = sorted(axis.scale.share(value) for value in (bar.start, bar.end))
        left, right = (inner.x + min(1.0, max(0.0, share)) * inner.width for share in shares)
        place = PanelBox(left, inner.y + (bar.row + bar.left) * slot, max(0.8, right - left), bar.width * slot)
        color, words = _color(data, bar), data.shown(bar.value, bar.series.how).text
        yield svg.rect(*place, svg.title(_said(bar, texts, words)), fill=color, opacity=_opacity(bar))
        if _with_values(data) and letters.width(words) + 2 * _AIR <= place.width and place.height >= letters.SIZE:
            ink = colors.on(colors.mixed(data.scheme.panel, color, _opacity(bar)))
            yield svg.label(words, place.right - _AIR, place.y + place.height / 2 + 4, anchor="end", fill=ink)


def _with_values(data: PanelData) -> bool:
    return str(data.options.get("showValue", "auto")) != "never"


def _said(bar: BarSpan, texts: Sequence[str], words: str) -> str:
    return f"{texts[bar.row]}, {bar.series.name}: {words}"


def _opacity(bar: BarSpan) -> float:
    return float(bar.series.how.custom("fillOpacity", 80)) / 100


def _color(data: PanelData, bar: BarSpan) -> str:
    """Give the colour of the field that the panel names for it, of the value itself, or of the series."""
    wanted = data.options.get("colorByField")
    other = next((field for field in bar.series.frame.fields if wanted and field.name == wanted), None)
    if other is not None:
        value: Any = other.values[bar.row]
        shown = data.shown(value, data.setting(other, bar.series.frame))
        return shown.color or bar.series.color
    if bar.series.how.properties.get("color") is None or bar.series.how.color_mode.startswith("palette"):
        return bar.series.color
    known = bar.series.known
    return value_color(bar.value, bar.series.how, data.scheme, min(known), max(known)) or bar.series.color
