"""Panels of the kind `timeseries`: lines, bars and points along time; a gap stays a gap."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from dashboards.preview import axes, colors, legend, scales, svg
from dashboards.preview.axes import ValueAxis
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import PanelData, PanelSeries
from dashboards.preview.scales import TimeScale
from dashboards.preview.svg import Svg

_BAR: Final = 0.6
"""Of the time between two values, so much is the width of a bar."""
_LAST: Final = timedelta(hours=1)
_BARS_FROM_ZERO: Final = "bars"


class StackedSeries(NamedTuple):
    """A series with the values on which it stands, and the sums up to which it reaches."""

    series: PanelSeries
    axis: int
    floor: Sequence[float]
    top: Sequence[float | None]


def draw(data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw the series of a panel in a box."""
    series = [one for one in data.series() if one.frame.time is not None]
    box, key = legend.draw(data, legend.entries(data, series), box)
    stacked = list(_stacked(series))
    found = [_axis(data, [one for one in stacked if one.axis == side], box, right=bool(side)) for side in (0, 1)]
    known = [axis for axis in found if axis is not None]
    inner = axes.drawing_box(box, known)
    scale = axes.time_scale(data, inner)
    yield from axes.draw_times(scale, inner, data)
    for number, axis in enumerate(known):
        yield from axes.draw_values(axis, inner, lines=number == 0)
    shapes = [shape for one in stacked if (own := found[one.axis]) for shape in _shapes(data, one, own, scale, inner)]
    below = [area for one in stacked if (own := found[one.axis]) for area in _below(one, stacked, own, scale, inner)]
    limits = [line for one in stacked[:1] if (own := found[one.axis]) for line in _limits(data, one, own, inner)]
    marks = axes.draw_marks(data.marks, scale, inner)
    yield svg.window(inner.x, inner.y - 1, inner.width, inner.height + 2, *marks, *below, *shapes, *limits)
    yield from key


def _stacked(series: Sequence[PanelSeries]) -> Iterator[StackedSeries]:
    """Put series on top of each other where they are to be, and each on its axis: one of another unit on the right."""
    floors: dict[tuple[str, int], dict[datetime, float]] = {}
    first = next((one.how.unit for one in series if one.how.custom("axisPlacement") != "right"), "")
    for one in series:
        placement = one.how.custom("axisPlacement", "auto")
        side = int(placement == "right" or (placement != "left" and one.how.unit != first))
        how = one.how.custom("stacking") or {}
        times = _times(one)
        if how.get("mode") not in {"normal", "percent"}:
            yield StackedSeries(one, side, [0.0] * len(times), one.field.values)
            continue
        values = _shares(one, series) if how["mode"] == "percent" else one.field.values
        below = floors.setdefault((str(how.get("group", "A")), side), {})
        floor = [below.get(at, 0.0) for at in times]
        top = [None if value is None else low + value for low, value in zip(floor, values, strict=True)]
        below |= {at: value for at, value in zip(times, top, strict=True) if value is not None}
        yield StackedSeries(one, side, floor, top)


def _shares(one: PanelSeries, series: Sequence[PanelSeries]) -> list[float | None]:
    """Give the values of a series as shares of all that stand on top of each other at their times."""
    how = one.how.custom("stacking") or {}
    totals: dict[datetime, float] = {}
    for other in series:
        if (other.how.custom("stacking") or {}) == how:
            for at, value in zip(_times(other), other.field.values, strict=True):
                totals[at] = totals.get(at, 0.0) + abs(value or 0.0)
    pairs = zip(_times(one), one.field.values, strict=True)
    return [None if value is None else value / (totals[at] or 1.0) for at, value in pairs]


def _times(series: PanelSeries) -> Sequence[datetime]:
    return series.frame.time.values if series.frame.time else ()


def _axis(data: PanelData, stacked: Sequence[StackedSeries], box: PanelBox, *, right: bool) -> ValueAxis | None:
    if not stacked:
        return None
    values = [value for one in stacked for value in one.top if value is not None]
    hows = [one.series.how for one in stacked]
    if any(how.custom("drawStyle") == _BARS_FROM_ZERO or (how.custom("stacking") or {}).get("mode") for how in hows):
        values = [*values, *([0.0] if values else [])]
    lows = [low for how in hows if (low := how.bound("min")) is not None]
    highs = [high for how in hows if (high := how.bound("max")) is not None]
    values += [float(soft) for how in hows for name in ("axisSoftMin", "axisSoftMax") if (soft := how.custom(name))]
    most = axes.most_ticks(box.height - axes.BELOW)
    scale = scales.value_scale(values, most, low=min(lows, default=None), high=max(highs, default=None))
    label = next((str(how.custom("axisLabel")) for how in hows if how.custom("axisLabel")), "")
    percent = (hows[0].custom("stacking") or {}).get("mode") == "percent"
    return axes.value_axis(scale, "percentunit" if percent else hows[0].unit, data, label=label, right=right)


def _shapes(data: PanelData, one: StackedSeries, axis: ValueAxis, scale: TimeScale, box: PanelBox) -> Iterator[Svg]:
    if one.series.how.custom("drawStyle") == "bars":
        yield svg.element("g", *_bars(data, one, axis, scale, box), fill=one.series.color)
        return
    points = one.series.how.custom("drawStyle") == "points"
    opacity = 0.0 if one.series.how.custom("fillBelowTo") else float(one.series.how.custom("fillOpacity", 0)) / 100
    strokes: list[Svg] = []
    for run in _runs(one):
        upper = [(scale.place(at), axis.height(top, box)) for at, _, top in run]
        if opacity and not points:
            lower = [(scale.place(at), axis.height(max(low, axis.scale.low), box)) for at, low, _ in run]
            area = f"M{_through(upper)}L{_through(list(reversed(lower)))}Z"
            strokes.append(svg.path(area, fill=one.series.color, opacity=opacity))
        if points or len(run) == 1 or one.series.how.custom("showPoints") == "always":
            size = float(one.series.how.custom("pointSize", 5)) / 2
            strokes += [svg.element("circle", cx=x, cy=y, r=size, fill=one.series.color) for x, y in upper]
        if not points and len(run) > 1:
            strokes.append(_stroke(one.series, upper))
    yield svg.element("g", svg.title(one.series.name), *strokes)


def _stroke(series: PanelSeries, points: Sequence[tuple[float, float]]) -> Svg:
    step = series.how.custom("lineInterpolation")
    if step in {"stepAfter", "stepBefore"}:
        turned = [
            corner
            for earlier, later in pairwise(points)
            for corner in (earlier, (later[0], earlier[1]) if step == "stepAfter" else (earlier[0], later[1]))
        ]
        points = [*turned, points[-1]]
    width = float(series.how.custom("lineWidth", 1.5))
    return svg.path(f"M{_through(points)}", stroke=series.color, width=width, dashes=legend.dashes(series))


def _through(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in points)


def _runs(one: StackedSeries) -> Iterator[list[tuple[datetime, float, float]]]:
    """Give the values that follow each other without a gap, each with its time and what it stands on."""
    spanned = one.series.how.custom("spanNulls", otherwise=False)
    run: list[tuple[datetime, float, float]] = []
    for at, floor, top in zip(_times(one.series), one.floor, one.top, strict=True):
        if top is None:
            if run and spanned is False:
                yield run
                run = []
            continue
        if run and spanned is not False and spanned is not True and (at - run[-1][0]) > _milliseconds(spanned):
            yield run
            run = []
        run.append((at, floor, top))
    if run:
        yield run


def _milliseconds(number: float) -> timedelta:
    return timedelta(milliseconds=float(number))


def _bars(data: PanelData, one: StackedSeries, axis: ValueAxis, scale: TimeScale, box: PanelBox) -> Iterator[Svg]:
    times = _times(one.series)
    length = min((later - earlier for earlier, later in pairwise(times)), default=_LAST)
    slot = length / (scale.end - scale.start) * scale.width
    wide = max(1.0, slot * float(one.series.how.custom("barWidthFactor", _BAR)))
    shift = {-1: -wide, 0: -wide / 2, 1: 0.0}.get(int(one.series.how.custom("barAlignment", 0)), -wide / 2)
    opacity = float(one.series.how.custom("fillOpacity", 100)) / 100
    for at, floor, top in zip(times, one.floor, one.top, strict=True):
        if top is None:
            continue
        y, low = axis.height(top, box), axis.height(max(floor, axis.scale.low), box)
        text = f"{one.series.name}, {data.language.instant(at)}: {data.shown(top - floor, one.series.how).text}"
        x = scale.place(at) + shift
        yield svg.rect(x, min(y, low), wide, max(0.8, abs(low - y)), svg.title(text), opacity=opacity)


def _below(
    one: StackedSeries, others: Sequence[StackedSeries], axis: ValueAxis, scale: TimeScale, box: PanelBox
) -> Iterator[Svg]:
    """Fill what lies between a series and the one that it names."""
    name = one.series.how.custom("fillBelowTo")
    other = next((other for other in others if name and other.series.field.name == name), None)
    if other is None:
        return
    lower: Mapping[datetime, float | None] = dict(zip(_times(other.series), other.top, strict=True))
    band = [
        (scale.place(at), axis.height(top, box), axis.height(low, box))
        for at, top in zip(_times(one.series), one.top, strict=True)
        if top is not None and (low := lower.get(at)) is not None
    ]
    if band:
        edge = [*((x, high) for x, high, _ in band), *((x, low) for x, _, low in reversed(band))]
        opacity = float(one.series.how.custom("fillOpacity", 20)) / 100
        yield svg.path(f"M{_through(edge)}Z", fill=one.series.color, opacity=opacity)


def _limits(data: PanelData, one: StackedSeries, axis: ValueAxis, box: PanelBox) -> Iterator[Svg]:
    """Draw the thresholds of a panel that shows them."""
    if ((one.series.how.custom("thresholdsStyle") or {}).get("mode") or "off") == "off":
        return
    for step in (one.series.how.properties.get("thresholds") or {}).get("steps") or ():
        if step.get("value") is not None:
            y = svg.number(axis.height(float(step["value"]), box))
            color = colors.named(step["color"], data.scheme)
            yield svg.path(f"M{svg.number(box.x)} {y}H{svg.number(box.right)}", stroke=color, width=1.5, dashes="8 6")
