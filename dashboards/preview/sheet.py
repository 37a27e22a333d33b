"""One sheet: the head of a dashboard, and its panels on a grid, as one SVG."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from dashboards.macros import DashboardRange
from dashboards.preview import (
    bar_chart,
    colors,
    geomap,
    layout,
    letters,
    stat,
    strips,
    svg,
    table,
    text_panel,
    time_series,
    transformations,
)
from dashboards.preview.answers import PanelAnswer
from dashboards.preview.colors import ColorScheme
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import DashboardMark, PanelData
from dashboards.preview.sheet_language import SheetLanguage
from dashboards.preview.svg import Svg

PanelDrawing: TypeAlias = Callable[[PanelData, PanelBox], Iterator[Svg]]

_PANELS: Final[Mapping[str, PanelDrawing]] = MappingProxyType(
    {
        "barchart": bar_chart.draw,
        "geomap": geomap.draw,
        "heatmap": strips.draw_heat,
        "stat": stat.draw,
        "state-timeline": strips.draw_states,
        "table": table.draw,
        "timeseries": time_series.draw,
    }
)
"""How each kind of panel is drawn that shows what queries found."""
_TITLE: Final = 32.0
_PADDING: Final = 12.0
_HEAD_LINE: Final = 18.0


class DashboardSheet(NamedTuple):
    """A sheet with what is known of it: how many panels it has, which are empty, not drawn here, or failed."""

    text: str
    panels: int
    empty: Sequence[str]
    undrawn: Sequence[str]
    failed: Mapping[str, str]

    def summary(self, place: str) -> str:
        """Say in one line where the sheet is and what is on it."""
        parts = [("empty", len(self.empty)), ("not drawn here", len(self.undrawn)), ("failed", len(self.failed))]
        return ", ".join([f"{place}: {self.panels} panels", *(f"{count} {what}" for what, count in parts if count)])

    def remarks(self) -> Iterator[str]:
        """Say which panels are not drawn here, and why those fail that do."""
        yield from (f"not drawn here: {name}" for name in self.undrawn)
        yield from (f"failed: {name}: {problem}" for name, problem in self.failed.items())


def draw(
    dashboard: Mapping[str, Any],
    answers: Sequence[PanelAnswer],
    span: DashboardRange,
    *,
    marks: Sequence[DashboardMark],
    language: SheetLanguage,
    scheme: ColorScheme,
) -> DashboardSheet:
    """Draw a dashboard, the same bytes for the same answers."""
    head, top = _head(dashboard, span, language)
    boxes = [layout.placed(one.panel.get("gridPos") or {}, top) for one in answers]
    data = [PanelData(one.panel, one.frames, one.span, marks, language, scheme) for one in answers]
    drawn = [_panel(one, given, box) for one, given, box in zip(answers, data, boxes, strict=True)]
    height = max((box.bottom for box in boxes), default=top) + layout.MARGIN
    whole = svg.element(
        "svg",
        svg.title(str(dashboard["title"])),
        svg.element("style", svg.escaped(_style(scheme))),
        svg.rect(0, 0, layout.WIDTH, height, fill=scheme.document),
        *head,
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {layout.WIDTH:.0f} {height:.0f}",
        width=layout.WIDTH,
        height=round(height),
        role="img",
        lang=language.locale,
        font_family=colors.FONT,
        font_size=letters.SIZE,
        fill=scheme.text,
    )
    shown = [(one, given) for one, given in zip(answers, data, strict=True) if one.panel["type"] in _PANELS]
    return DashboardSheet(
        f"{whole}\n",
        sum(one.panel["type"] != "row" for one in answers),
        [_named(one.panel) for one, given in shown if not one.problem and given.empty],
        [_named(one.panel) for one in answers if one.panel["type"] not in {*_PANELS, "row", "text"}],
        {_named(one.panel): one.problem for one in answers if one.problem},
    )


def _named(panel: Mapping[str, Any]) -> str:
    return str(panel.get("title") or panel["type"])


def _head(dashboard: Mapping[str, Any], span: DashboardRange, language: SheetLanguage) -> tuple[list[Svg], float]:
    """Draw the title, the range, what is chosen, and what the dashboard says of itself; give where the grid begins."""
    x, width, y = layout.MARGIN, layout.WIDTH - 2 * layout.MARGIN, layout.MARGIN + 20
    range_text = language.words("preview.range", start=language.instant(span.start), end=language.instant(span.end))
    room = width - letters.width(range_text) - layout.MARGIN
    drawn = [
        svg.element(
            "g",
            svg.label(str(dashboard["title"]), x, y, size=24, bold=True, room=room),
            font_family=colors.HEADING_FONT,
        ),
        svg.label(range_text, layout.WIDTH - x, y, kind="s", anchor="end"),
    ]
    y += 8
    for line in letters.wrapped(str(dashboard.get("description") or ""), width):
        y += _HEAD_LINE
        drawn.append(svg.label(line, x, y, kind="s"))
    chosen = [
        f"{one.get('label') or one['name']}: {_chosen(one, language)}"
        for one in dashboard["templating"]["list"]
        if not one.get("hide")
    ]
    if chosen:
        y += _HEAD_LINE + 2
        drawn.append(svg.label(" \u00b7 ".join(chosen), x, y, room=width))
    return drawn, y + 14


def _chosen(variable: Mapping[str, Any], language: SheetLanguage) -> str:
    current = variable.get("current") or {}
    if current.get("value") in ("$__all", ["$__all"]):
        return language.words("preview.all")
    text = current.get("text", "")
    return ", ".join(map(str, text)) if isinstance(text, list) else str(text)


def _panel(answer: PanelAnswer, data: PanelData, box: PanelBox) -> Svg:
    panel = answer.panel
    if panel["type"] == "row":
        return svg.element("g", *_row(panel, data, box))
    description = str(panel.get("description") or "")
    parts = [] if not description else [svg.title(description)]
    if not panel.get("transparent"):
        parts.append(svg.rect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, kind="panel", radius=6))
    title = str(panel.get("title") or "")
    if title:
        room = box.width - 2 * _PADDING - 20
        parts.append(svg.label(title, box.x + _PADDING, box.y + 22, size=14, bold=True, room=room))
    if description and title:
        at = box.x + _PADDING + min(room, letters.width(title, 14, bold=True)) + 15
        parts.append(svg.element("circle", cx=at, cy=box.y + 17, r=6.5, class_="ring"))
        parts.append(svg.label("i", at, box.y + 21, kind="s", anchor="middle", size=10, bold=True))
    inner = box.inner(_PADDING, _TITLE if title else _PADDING, _PADDING, _PADDING)
    return svg.element("g", *parts, *_contents(answer, data, inner))


def _row(panel: Mapping[str, Any], data: PanelData, box: PanelBox) -> Iterator[Svg]:
    """Draw the heading of a row, with how many panels it holds where it is closed."""
    title, within = str(panel.get("title") or ""), len(panel.get("panels") or ())
    y = box.y + box.height / 2 + 6
    yield svg.element("g", svg.label(title, box.x, y, size=17, bold=True), font_family=colors.HEADING_FONT)
    if panel.get("collapsed") and within:
        x = box.x + letters.width(title, 17, bold=True) + 12
        yield svg.label(data.language.words("preview.closed", count=within), x, y, kind="s")
    line = svg.number(box.bottom)
    yield svg.path(f"M{svg.number(box.x)} {line}H{svg.number(box.right)}", kind="edge")


def _contents(answer: PanelAnswer, data: PanelData, box: PanelBox) -> Iterator[Svg]:
    words, kind = data.language.words, str(answer.panel["type"])
    if kind == "text":
        yield from text_panel.draw(answer.panel, box)
        return
    if kind not in _PANELS:
        yield from _note(words("preview.undrawn", kind=kind), box, kind="ghost")
        return
    if answer.problem:
        yield from _note(words("preview.failed", problem=answer.problem), box, kind="broken")
        return
    left = transformations.unknown(answer.panel.get("transformations") or ())
    if left:
        yield from _note(words("preview.untransformed", names=left), box, kind="ghost")
        return
    if data.empty:
        none = (data.config.get("defaults") or {}).get("noValue") or words("preview.empty")
        yield from _note(str(none), box)
        return
    yield from _PANELS[kind](data, box)


def _note(text: str, box: PanelBox, kind: str | None = None) -> Iterator[Svg]:
    """Write in the middle of a panel why nothing is drawn in it."""
    if kind:
        yield svg.rect(box.x, box.y, box.width, box.height, kind=kind, radius=4)
    lines = list(letters.wrapped(text, box.width - 2 * _PADDING))[: max(1, int(box.height // _HEAD_LINE))]
    y = box.y + box.height / 2 + 4 - (len(lines) - 1) * _HEAD_LINE / 2
    for number, line in enumerate(lines):
        yield svg.label(line, box.x + box.width / 2, y + number * _HEAD_LINE, kind="s", anchor="middle")


def _style(scheme: ColorScheme) -> str:
    return (
        f".s,.tick{{fill:{scheme.subtle}}}.a{{fill:{scheme.accent}}}"
        f".grid{{stroke:{scheme.grid};fill:none}}.edge{{stroke:{scheme.border};fill:none}}"
        f".panel{{fill:{scheme.panel};stroke:{scheme.grid}}}.ring{{fill:none;stroke:{scheme.border}}}"
        f".ghost{{fill:none;stroke:{scheme.border};stroke-dasharray:4 4}}"
        f".halo{{stroke:{scheme.land};stroke-width:3px;paint-order:stroke}}"
        f".broken{{fill:{scheme.warning_subtle}}}.cell{{stroke:{scheme.panel}}}"
    )
