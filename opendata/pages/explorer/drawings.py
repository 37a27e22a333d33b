"""Charts of the explorer as SVG: texts stay as large on a phone, and a file looks like the page."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from markupsafe import Markup

from opendata.pages.charts import Point, axis_share

Segment: TypeAlias = Literal["now", "cut", "before", "during"]

STYLES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "now": {"fill": "#0b6349"},
        "partial": {"fill": "#b06a12"},
        "cut": {"fill": "#9cc3b3"},
        "before": {"fill": "#6f93b5"},
        "during": {"fill": "#c9b98d"},
        "gap": {"fill": "url(#explorer-gap)"},
        "wait": {"fill": "url(#explorer-wait)"},
        "grid": {"stroke": "#b9b6ab", "fill": "none"},
        "text": {"fill": "#4c5b61", "font-size": "12"},
        "band": {"fill": "#0b6349", "fill-opacity": "0.18"},
        "line": {"stroke": "#0b6349", "stroke-width": "2.25", "fill": "none", "stroke-linecap": "round"},
        "year0": {"stroke": "#0b6349", "stroke-width": "3.5", "stroke-dasharray": "none"},
        "year1": {"stroke": "#1d4f7c", "stroke-width": "2.5", "stroke-dasharray": "8 3"},
        "year2": {"stroke": "#8a4b00", "stroke-width": "2.5", "stroke-dasharray": "3 3"},
        "year3": {"stroke": "#7a3b78", "stroke-width": "2", "stroke-dasharray": "10 3 2 3"},
        "year4": {"stroke": "#4c5b61", "stroke-width": "2", "stroke-dasharray": "1 4"},
        "heat0": {"fill": "#eef4f0"},
        "heat1": {"fill": "#cfe4d8"},
        "heat2": {"fill": "#9fcab4"},
        "heat3": {"fill": "#62a98a"},
        "heat4": {"fill": "#2a8062"},
        "heat5": {"fill": "#0a4a37"},
    }
)
"""How each class looks in a file, on white; the sheet of the page says it again, for light and dark."""

HEAT: Final = 6
_TOP: Final = 18.0
_HEIGHT: Final = 190.0
_BOTTOM: Final = _TOP + _HEIGHT
_TICKS: Final = _BOTTOM + 17
_WHOLE: Final = _BOTTOM + 24
_LINE: Final = 17.0
"""How high a label of the axis is, with room round it."""
_WIDE: Final = 760
_MARGIN: Final = 16.0
_LEGEND: Final = 7.2
"""About how wide a letter of a legend is, in pixels."""
_ROW: Final = 25.0
_LABELS: Final = 11.0
"""Percent of the width for the names of weekdays."""
_STRETCH: Final = 1000.0
_NOTHING: Final = Markup("")
_DEFS: Final = Markup(
    '<defs><pattern id="explorer-gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="gapground" width="6" height="6" fill="#efece2"/><path class="gapline" d="M0 0V6" stroke="#a9a48f" '
    'stroke-width="2"/></pattern><pattern id="explorer-wait" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="waitground" width="7" height="7" fill="#dbe8f4"/><circle class="waitdot" cx="3.5" cy="3.5" r="1.3" '
    'fill="#1d4f7c"/></pattern></defs>'
)


class SvgChart(NamedTuple):
    """A drawing of some height in pixels, as wide as there is room."""

    height: float
    body: Markup


class LegendEntry(NamedTuple):
    """What a class of a drawing stands for; one that is a `stroke` is drawn as a line."""

    name: str
    words: str
    stroke: bool = False


class ChartScale(NamedTuple):
    """The values of the axis, written: its top, half of that, and its bottom, which is zero unless there is less."""

    top: float
    top_words: str
    half_words: str
    bottom: float = 0.0
    bottom_words: str = ""

    def height(self, value: float) -> float:
        """Give how high a value lies, from 0 at the bottom to 1 at the top."""
        return axis_share(value, self.bottom, self.top)


def ranked_columns(points: Sequence[Point], scale: ChartScale) -> SvgChart:
    """Draw a column for each point, in their order, with its rank below it."""
    names = _names([str(rank) for rank in range(1, len(points) + 1)])
    groups: dict[str, list[Markup]] = {}
    for index, point in enumerate(points):
        drawn = _column(point, index * 100 / len(points), 100 / len(points), scale)
        groups.setdefault(_class(point, "now"), []).append(drawn)
    return _framed(groups, points, scale, (), below=names)


def columns(
    points: Sequence[Point], scale: ChartScale, ticks: Sequence[str], segments: Sequence[Segment] = ()
) -> SvgChart:
    """Draw a column for each point; what was not measured is hatched from top to bottom, a true zero a line."""
    slot = 100 / max(1, len(points))
    groups: dict[str, list[Markup]] = {}
    for index, point in enumerate(points):
        name = _class(point, segments[index] if segments else "now")
        groups.setdefault(name, []).append(_column(point, index * slot, slot, scale))
    return _framed(groups, points, scale, ticks)


def paired_columns(pairs: Sequence[tuple[Point, Point]], scale: ChartScale, ticks: Sequence[str]) -> SvgChart:
    """Draw two columns for each pair: before, and now beside it."""
    slot = 100 / max(1, len(pairs))
    groups: dict[str, list[Markup]] = {}
    for index, (before, now) in enumerate(pairs):
        for point, name, at in ((before, "before", 0.0), (now, "now", 0.5)):
            drawn = _column(point, (index + 0.04 + at * 0.92) * slot, slot * 0.46, scale)
            groups.setdefault(name if point.value is not None else "gap", []).append(drawn)
    said = [Point(now.label, now.value, f"{now.reported}; {before.reported}") for before, now in pairs]
    return _framed(groups, said, scale, ticks)


def lines(
    series: Sequence[tuple[str, Sequence[Point]]], scale: ChartScale, ticks: Sequence[str], said: Sequence[Point]
) -> SvgChart:
    """Draw a line for each series, by the name of its class, with its band; it breaks where there is no value."""
    drawn = [_stretched(_band(points, scale), "band") for _, points in series]
    drawn += [_stretched(_stroke(points, scale), "line", name) for name, points in series]
    gaps: dict[str, list[Markup]] = {}
    if len(series) == 1:
        slot = 100 / max(1, len(said))
        for index, point in enumerate(series[0][1]):
            if point.value is None:
                gaps.setdefault("wait" if point.waits else "gap", []).append(_rect(index * slot, _TOP, slot, _HEIGHT))
    return _framed(gaps, said, scale, ticks, Markup("").join(drawn))


def month_lines(
    series: Sequence[tuple[str, Sequence[Point]]], scale: ChartScale, ticks: Sequence[str], said: Sequence[Point]
) -> SvgChart:
    """Draw a line for each year over the middles of twelve months, each month named below its own."""
    drawn = [_stretched(_stroke(points, scale), "line", name) for name, points in reversed(series)]
    return _framed({}, said, scale, (), Markup("").join(drawn), below=_names(ticks))


def heat_map(
    cells: Sequence[tuple[int, int, int | None, Point]], weekdays: Sequence[str], hours: Mapping[int, str]
) -> SvgChart:
    """Draw a cell for each hour of the week: row, column, the class of its value or none where there is no value."""
    slot = (100 - _LABELS) / 24
    groups: dict[str, list[Markup]] = {}
    hits: list[Markup] = []
    for row, column, level, point in cells:
        name = f"heat{level}" if level is not None else "wait" if point.waits else "gap"
        x, y = _LABELS + column * slot, _TOP + row * _ROW
        groups.setdefault(name, []).append(_rect(x + slot * 0.04, y + 1, slot * 0.92, _ROW - 2))
        hits.append(_hit(x, y, slot, _ROW, point))
    texts = [_text(0, _TOP + row * _ROW + 17, name) for row, name in enumerate(weekdays)]
    texts += [_text(_LABELS + hour * slot, 12, name) for hour, name in hours.items()]
    body = [_DEFS, *_grouped(groups), _group("text", texts), _group("hits", hits, fill="transparent")]
    return SvgChart(_TOP + 7 * _ROW + 6, Markup("").join(body))


def inline(chart: SvgChart, label: str) -> Markup:
    """Write a drawing for a page."""
    return Markup(
        '<svg class="explored" width="100%" height="{:.0f}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(chart.height, label, chart.body)


def file(chart: SvgChart, title: str, above: str, legend: Sequence[LegendEntry], below: Sequence[str]) -> Markup:
    """Write a drawing as a file of its own, with its title, what its classes stand for, and whose it is."""
    legend_rows = list(_legend(legend, 76 + chart.height))
    ground = 76 + chart.height + (24 * (1 + max((row for row, _ in legend_rows), default=-1)))
    texts = [
        Markup('<text x="16" y="28" font-size="18" font-weight="600" fill="#17252b">{}</text>').format(title),
        Markup('<text x="16" y="48" font-size="13" fill="#4c5b61">{}</text>').format(above),
        *(drawn for _, drawn in legend_rows),
        *(
            Markup('<text x="16" y="{:.0f}" font-size="11" fill="#4c5b61">{}</text>').format(
                ground + 14 + 15 * row, one
            )
            for row, one in enumerate(below)
        ),
    ]
    height = ground + 22 + 15 * len(below)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" '
        'viewBox="0 0 {width} {height:.0f}" font-family="Noto Sans, Helvetica, Arial, sans-serif">'
        '<title>{title}</title><rect width="100%" height="100%" fill="#ffffff"/>'
        '{texts}<svg x="16" y="60" width="{inner}" height="{inner_height:.0f}">{body}</svg></svg>\n'
    ).format(
        width=_WIDE,
        height=height,
        title=title,
        texts=Markup("").join(texts),
        inner=_WIDE - 32,
        inner_height=chart.height,
        body=chart.body,
    )


def _legend(entries: Sequence[LegendEntry], top: float) -> Iterable[tuple[int, Markup]]:
    x, row = _MARGIN, 0
    for entry in entries:
        width = 24 + _LEGEND * len(entry.words)
        if x + width > _WIDE and x > _MARGIN:
            x, row = _MARGIN, row + 1
        y = top + 24 * row
        attributes = _attributes(STYLES[entry.name])
        if entry.stroke:
            sample = Markup('<path d="M{:.0f} {:.0f}h16" fill="none" {}/>').format(x, y + 1, attributes)
        else:
            sample = Markup('<rect x="{:.0f}" y="{:.0f}" width="14" height="14" {}/>').format(x, y - 6, attributes)
        words = Markup('<text x="{:.0f}" y="{:.0f}" font-size="12" fill="#17252b">{}</text>')
        yield row, sample + words.format(x + 22, y + 5, entry.words)
        x += width + 18


def _framed(
    groups: Mapping[str, Sequence[Markup]],
    points: Sequence[Point],
    scale: ChartScale,
    ticks: Sequence[str],
    over: Markup = _NOTHING,
    *,
    below: Sequence[Markup] = (),
) -> SvgChart:
    slot = 100 / max(1, len(points))
    zero = _BOTTOM - scale.height(0) * _HEIGHT
    between = zero if scale.bottom else _TOP + _HEIGHT / 2
    grid = Markup("").join(
        Markup('<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>').format(y=y) for y in (_TOP, between, _BOTTOM)
    )
    axis = [_text(0, _TOP - 5, scale.top_words)]
    if scale.bottom:
        axis.append(_text(0, _BOTTOM - 4, scale.bottom_words, halo=True))
        if _TOP + _LINE < zero < _BOTTOM - _LINE:
            axis.append(_text(0, zero - 4, "0", halo=True))
    elif over:  # a line leaves room for a second label, columns do not
        axis.append(_text(0, between - 4, scale.half_words, halo=True))
    hits = [_hit(index * slot, _TOP, slot, _HEIGHT, point) for index, point in enumerate(points)]
    body = [
        _DEFS,
        _group("grid", [grid]),
        *_grouped(groups),
        over,
        _group("text", [*axis, *below, *_ticks(ticks)]),
        _group("hits", hits, fill="transparent"),
    ]
    return SvgChart(_WHOLE, Markup("").join(body))


def _names(labels: Sequence[str]) -> list[Markup]:
    """Write each label below the middle of its own place."""
    slot = 100 / max(1, len(labels))
    text = Markup('<text x="{:.2f}%" y="{:.0f}" text-anchor="middle">{}</text>')
    return [text.format((index + 0.5) * slot, _TICKS, label) for index, label in enumerate(labels)]


def _ticks(labels: Sequence[str]) -> Iterable[Markup]:
    """Spread labels evenly; every second one is left out where there is little room."""
    last = len(labels) - 1
    for index, label in enumerate(labels):
        at = 100 * index / last if last > 0 else 0
        anchor = "start" if index == 0 else "end" if index == last else "middle"
        minor = index % 2 == 1 and index < last
        yield Markup('<text class="{}" x="{:.2f}%" y="{:.0f}" text-anchor="{}">{}</text>').format(
            "minor" if minor else "major", at, _TICKS, anchor, label
        )


def _class(point: Point, segment: Segment) -> str:
    if point.value is None:
        return "wait" if point.waits else "gap"
    return segment if point.whole else "partial"


def _column(point: Point, x: float, slot: float, scale: ChartScale) -> Markup:
    """Draw a column up or down from zero; zero itself is a line."""
    if point.value is None:
        return _rect(x, _TOP, slot, _HEIGHT)
    ground, end = (_BOTTOM - scale.height(value) * _HEIGHT for value in (0.0, point.value))
    height = max(1.5, abs(ground - end))
    return _rect(x + slot * 0.08, ground - height if end <= ground else ground, slot * 0.84, height)


def _rect(x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}"/>').format(x, y, width, height)


def _hit(x: float, y: float, width: float, height: float, point: Point) -> Markup:
    return Markup('<rect x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}"><title>{}</title></rect>').format(
        x, y, width, height, f"{point.label}: {point.reported}"
    )


def _text(x: float, y: float, words: str, *, halo: bool = False) -> Markup:
    around = Markup(' class="halo" paint-order="stroke" stroke="#ffffff" stroke-width="3"') if halo else Markup("")
    return Markup('<text x="{:.2f}%" y="{:.0f}"{}>{}</text>').format(x, y, around, words)


def _group(name: str, parts: Sequence[Markup], **attributes: str) -> Markup:
    known = {**STYLES.get(name, {}), **attributes}
    return Markup('<g class="{}" {}>{}</g>').format(name, _attributes(known), Markup("").join(parts))


def _grouped(groups: Mapping[str, Sequence[Markup]]) -> Iterable[Markup]:
    for name, parts in groups.items():
        yield _group(name, parts)


def _attributes(style: Mapping[str, str]) -> Markup:
    return Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in style.items())


def _stretched(shapes: Sequence[Markup], name: str, own: str = "") -> Markup:
    if not shapes:
        return Markup("")
    known = {**STYLES.get(name, {}), **STYLES.get(own, {})}
    return Markup(
        '<svg x="0" y="{:.0f}" width="100%" height="{:.0f}" viewBox="0 0 1000 100" preserveAspectRatio="none" '
        'overflow="visible"><g class="{}" {}>{}</g></svg>'
    ).format(_TOP, _HEIGHT, f"{name} {own}".strip(), _attributes(known), Markup("").join(shapes))


def _runs(points: Sequence[Point]) -> Iterable[list[tuple[float, Point]]]:
    slot, run = _STRETCH / max(1, len(points)), list[tuple[float, Point]]()
    for index, point in enumerate(points):
        if point.value is None:
            if run:
                yield run
            run = []
        else:
            run.append(((index + 0.5) * slot, point))
    if run:
        yield run


def _height(value: float | None, scale: ChartScale) -> float:
    return 100 - 100 * scale.height(value or 0)


def _stroke(points: Sequence[Point], scale: ChartScale) -> list[Markup]:
    drawn = []
    for run in _runs(points):
        spots = [f"{x:.1f} {_height(point.value, scale):.2f}" for x, point in run]
        path = "M" + "L".join(spots) if len(spots) > 1 else f"M{spots[0]}h.01"
        drawn.append(Markup('<path d="{}" vector-effect="non-scaling-stroke"/>').format(path))
    return drawn


def _band(points: Sequence[Point], scale: ChartScale) -> list[Markup]:
    drawn = []
    for run in _runs(points):
        if all(point.low is not None and point.high is not None for _, point in run):
            upper = [f"{x:.1f},{_height(point.high, scale):.2f}" for x, point in run]
            lower = [f"{x:.1f},{_height(point.low, scale):.2f}" for x, point in reversed(run)]
            drawn.append(Markup('<polygon points="{}"/>').format(" ".join([*upper, *lower])))
    return drawn
