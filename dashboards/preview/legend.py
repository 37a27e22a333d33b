"""The legend of a panel: below its drawing in lines, or on its right, with the numbers that it asks for."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import Final, NamedTuple

from dashboards.preview import letters, svg
from dashboards.preview.layout import PanelBox
from dashboards.preview.panel_data import PanelData, PanelSeries
from dashboards.preview.svg import Svg

LINE: Final = 18.0
_KEY: Final = 14.0
"""Pixels of the sample of a colour."""
_AIR: Final = 16.0
_LINES: Final = 3
_RIGHT: Final = 0.4

CALCULATIONS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = MappingProxyType(
    {
        "lastNotNull": lambda values: values[-1],
        "last": lambda values: values[-1],
        "firstNotNull": lambda values: values[0],
        "first": lambda values: values[0],
        "mean": fmean,
        "min": min,
        "max": max,
        "sum": sum,
        "count": lambda values: float(len(values)),
    }
)
"""What a series may be reduced to, by Grafana's name of it."""


class SeriesKey(NamedTuple):
    """One line of a legend."""

    name: str
    color: str
    dashes: str | None = None
    filled: bool = False

    @property
    def width(self) -> float:
        """How many pixels it takes."""
        return _KEY + 6 + letters.width(self.name) + _AIR


def entries(data: PanelData, series: Sequence[PanelSeries]) -> list[SeriesKey]:
    """Give what a legend has of the series; nothing where the panel shows none."""
    options = data.options.get("legend") or {}
    if not options.get("showLegend", True) or options.get("displayMode") == "hidden":
        return []
    return [
        SeriesKey(
            _with_numbers(data, one, options.get("calcs") or ()),
            one.color,
            dashes(one),
            filled=one.how.custom("drawStyle") == "bars" or data.panel["type"] == "barchart",
        )
        for one in series
        if not (one.how.custom("hideFrom") or {}).get("legend")
    ]


def dashes(series: PanelSeries) -> str | None:
    """Give the dashes of the line of a series, None where it is drawn through."""
    style = series.how.custom("lineStyle") or {}
    match style.get("fill"):
        case "dash":
            return " ".join(svg.number(float(part)) for part in style.get("dash") or (10, 10))
        case "dot":
            return "1 4"
        case _:
            return None


def draw(data: PanelData, found: Sequence[SeriesKey], box: PanelBox) -> tuple[PanelBox, list[Svg]]:
    """Draw a legend at an edge of a box; give what is left of the box, and the legend."""
    if not found:
        return box, []
    if (data.options.get("legend") or {}).get("placement") == "right":
        width = min(box.width * _RIGHT, max(entry.width for entry in found))
        left = PanelBox(box.right - width + _AIR / 2, box.y, width - _AIR / 2, box.height)
        rows = [[entry] for entry in found]
        most = max(1, int(box.height // LINE))
        return box.inner(right=width), list(_rows(data, rows, left, most))
    rows = _flowing(found, box.width)
    lines = min(len(rows), _LINES, max(1, int(box.height * _RIGHT // LINE)))
    height = lines * LINE
    return box.inner(bottom=height + 4), list(_rows(data, rows, box.inner(top=box.height - height), lines))


def _flowing(found: Sequence[SeriesKey], width: float) -> list[list[SeriesKey]]:
    rows: list[list[SeriesKey]] = [[]]
    used = 0.0
    for entry in found:
        if rows[-1] and used + entry.width > width:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += entry.width
    return rows


def _rows(data: PanelData, rows: Sequence[Sequence[SeriesKey]], box: PanelBox, most: int) -> list[Svg]:
    drawn: list[Svg] = []
    left_out = sum(len(row) for row in rows[most:])
    more = data.language.words("preview.more_series", count=left_out) if left_out else ""
    for number, row in enumerate(rows[:most]):
        x, y = box.x, box.y + number * LINE + LINE - 5
        end = box.right - (letters.width(more) + _AIR if more and number == most - 1 else 0)
        for entry in row:
            if x + _KEY + _AIR > end:
                break
            drawn += [_sample(entry, x, y), svg.label(entry.name, x + _KEY + 6, y, room=end - x - _KEY - 6)]
            x += entry.width
        if more and number == most - 1:
            drawn.append(svg.label(more, box.right, y, kind="s", anchor="end"))
    return drawn


def _sample(entry: SeriesKey, x: float, y: float) -> Svg:
    if entry.filled:
        return svg.rect(x, y - 9, _KEY - 4, 10, fill=entry.color, radius=2)
    return svg.path(
        f"M{svg.number(x)} {svg.number(y - 4)}h{_KEY:.0f}", stroke=entry.color, width=3, dashes=entry.dashes and "4 3"
    )


def _with_numbers(data: PanelData, series: PanelSeries, calculations: Sequence[str]) -> str:
    known = series.known
    parts = [
        f"{data.language.words(f'preview.calculation.{name}')} {data.shown(CALCULATIONS[name](known), series.how).text}"
        for name in calculations
        if known and name in CALCULATIONS
    ]
    return f"{series.name} ({'; '.join(parts)})" if parts else series.name
