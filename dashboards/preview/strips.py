"""Panels in which every series is a strip along time: `state-timeline`, and `heatmap`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from dashboards.preview import axes, colors, letters, svg
from dashboards.preview.field_settings import FieldSetting, ShownValue
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import PanelData
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.scales import TimeScale
from dashboards.preview.svg import Svg

_NAMES: Final = 0.25
"""Of the width of a panel, the names of its strips take at most so much."""
_AIR: Final = 8.0
_KEY: Final = 22.0
_STEPS: Final = 8
_LOWEST: Final = 14.0
"""Pixels of a strip that is named; where there are more strips, the last are left out, and that is said."""
_HOUR: Final = timedelta(hours=1)


class SeriesStrip(NamedTuple):
    """One series with what is set for it."""

    field: FrameField
    how: FieldSetting
    frame: ResultFrame

    @property
    def times(self) -> Sequence[datetime]:
        """When its values begin."""
        return self.frame.time.values if self.frame.time else ()


def draw_states(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw states as strips: from each time on its value holds, until the next."""
    strips = _series_strips(data)
    shown = [[data.shown(value, strip.how) for value in strip.field.values] for strip in strips]
    names = [one.text for row in shown for one in row if one.text]
    given = colors.by_names(sorted(set(names)), data.scheme)
    shown = [[one._replace(color=one.color or given.get(one.text)) for one in row] for row in shown]
    found = {one.text: str(one.color) for row in shown for one in row if one.text}
    if (data.options.get("legend") or {}).get("showLegend", True):
        yield from _state_key(found, box)
        box = box.inner(bottom=_KEY)
    inner, rows, scale = _drawing(data, strips, box)
    yield from axes.draw_times(scale, inner, data)
    part = float(data.options.get("rowHeight", 0.9))
    for strip, row, texts in zip(strips, rows, shown, strict=False):
        area = row.inner(top=row.height * (1 - part) / 2, bottom=row.height * (1 - part) / 2)
        yield _name(strip, row, box)
        opacity = float(strip.how.custom("fillOpacity", 70)) / 100
        written = data.options.get("showValue", "auto") != "never"
        yield svg.element("g", *_strips(data, strip, texts, area, scale, opacity=opacity, written=written))
    yield from _left_out(data, strips[len(rows) :], inner)


def draw_heat(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw numbers as cells, each in the colour of its value between the lowest and the highest."""
    strips = [strip for strip in _series_strips(data) if strip.field.kind == "number"]
    known = [value for strip in strips for value in strip.field.values if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    ramp = str((data.options.get("color") or {}).get("scheme") or "greens").lower()
    if strips:
        yield from _heat_key(data, strips[0], (low, high), ramp, box)
    inner, rows, scale = _drawing(data, strips, box.inner(bottom=_KEY))
    yield from axes.draw_times(scale, inner, data)
    for strip, row in zip(strips, rows, strict=False):
        yield _name(strip, row, box)
        cells: list[Svg] = []
        for at, until, value in _held(strip, strip.field.values, scale.end):
            if value is not None and until > scale.start:
                left, right = max(inner.x, scale.place(at)), min(inner.right, scale.place(until))
                color = colors.continuous(ramp, (value - low) / ((high - low) or 1), data.scheme)
                said = f"{strip.how.title}, {data.language.instant(at)}: {data.shown(value, strip.how).text}"
                cells.append(svg.rect(left, row.y, right - left, row.height, svg.title(said), fill=color, kind="cell"))
        yield svg.element("g", *cells)
    yield from _left_out(data, strips[len(rows) :], inner)


def _series_strips(data: PanelData) -> list[SeriesStrip]:
    return [
        SeriesStrip(field, how, frame)
        for frame in data.frames
        if frame.time is not None
        for field in frame.fields
        if field.kind != "time" and not (how := data.setting(field, frame)).hidden
    ]


def _drawing(
    data: PanelData, strips: Sequence[SeriesStrip], box: PanelBox
) -> tuple[PanelBox, list[PanelBox], TimeScale]:
    """Divide what is right of the names into a row for each strip that has room."""
    names = min(box.width * _NAMES, max((letters.width(strip.how.title) for strip in strips), default=0.0) + _AIR)
    inner = box.inner(names, 0, 4, axes.BELOW)
    most = max(1, int(inner.height // _LOWEST))
    if len(strips) > most:
        inner = inner.inner(bottom=_KEY)
    number = max(1, min(len(strips), int(inner.height // _LOWEST) or 1))
    height = inner.height / number
    rows = [inner._replace(y=inner.y + place * height, height=height) for place in range(number)]
    return inner, rows, axes.time_scale(data, inner)


def _name(strip: SeriesStrip, row: PanelBox, box: PanelBox) -> Svg:
    y = row.y + row.height / 2 + 4
    return svg.label(strip.how.title, row.x - _AIR, y, kind="tick", anchor="end", room=row.x - _AIR - box.x)


def _held(strip: SeriesStrip, values: Sequence[Any], end: datetime) -> Iterator[tuple[datetime, datetime, Any]]:
    """Give each value with the time in which it holds; those that follow each other and are the same, once."""
    times = strip.times
    usual = min((later - earlier for earlier, later in pairwise(times)), default=_HOUR)
    until = [*times[1:], min(end, times[-1] + usual) if strip.field.kind == "number" else end] if times else []
    triples = zip(times, until, values, strict=True)
    for value, group in groupby(triples, key=lambda triple: triple[2]):
        same = list(group)
        if strip.field.kind == "number":
            yield from same
        else:
            yield same[0][0], same[-1][1], value


def _strips(
    data: PanelData,
    strip: SeriesStrip,
    shown: Sequence[ShownValue],
    area: PanelBox,
    scale: TimeScale,
    *,
    opacity: float,
    written: bool,
) -> Iterator[Svg]:
    triples = list(_held(strip, shown, scale.end))
    merged = [
        (group[0][0], group[-1][1], one)
        for one, found_group in groupby(triples, key=lambda triple: triple[2])
        if (group := list(found_group))
    ]
    for at, until, (text, own) in merged:
        if not text or until <= scale.start:
            continue
        left, right = max(area.x, scale.place(at)), min(area.right, scale.place(until))
        color = colors.mixed(data.scheme.panel, str(own), opacity)
        said = f"{strip.how.title}, {data.language.instant(at)} \u2013 {data.language.instant(until)}: {text}"
        yield svg.rect(left, area.y, max(0.5, right - left), area.height, svg.title(said), fill=color, kind="cell")
        if written and letters.width(text) + _AIR <= right - left and area.height >= letters.SIZE:
            y = area.y + area.height / 2 + 4
            yield svg.label(text, (left + right) / 2, y, anchor="middle", fill=colors.on(color))


def _left_out(data: PanelData, strips: Sequence[SeriesStrip], inner: PanelBox) -> Iterator[Svg]:
    if strips:
        text = data.language.words("preview.more_series", count=len(strips))
        yield svg.label(text, inner.x, inner.bottom + axes.BELOW + 12, kind="s")


def _state_key(found: Mapping[str, str], box: PanelBox) -> Iterator[Svg]:
    x, y = box.x, box.bottom - 4
    for text, color in found.items():
        wide = letters.width(text) + _KEY + _AIR
        if x + wide > box.right:
            break
        yield svg.rect(x, y - 9, 10, 10, fill=color, radius=2)
        yield svg.label(text, x + 15, y)
        x += wide


def _heat_key(
    data: PanelData, strip: SeriesStrip, reach: tuple[float, float], ramp: str, box: PanelBox
) -> Iterator[Svg]:
    """Draw the ramp from the lowest to the highest value."""
    x, y = box.x, box.bottom - 4
    least, most = (data.shown(value, strip.how).text for value in reach)
    yield svg.label(least, x, y)
    x += letters.width(least) + _AIR
    for step in range(_STEPS):
        color = colors.continuous(ramp, step / (_STEPS - 1), data.scheme)
        yield svg.rect(x + step * 14, y - 9, 14, 10, fill=color)
    yield svg.label(most, x + _STEPS * 14 + _AIR, y)
