"""Charts of the explorer: gaps stay gaps, files are whole, and text is inert."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from opendata.pages import charts
from opendata.pages.charts import Point
from opendata.pages.explorer import drawings, week_rhythm
from opendata.pages.explorer.drawings import STYLES, ChartScale, LegendEntry, SvgChart

pytestmark = pytest.mark.pure

SCALE = ChartScale(10, "10 fietsers", "5")
POINTS = [
    Point("a", 5.0, "volledig"),
    Point("b", None, "geen meting"),
    Point("c", 0.0, ""),
    Point("d", None, "", waits=True),
]


def read(text: str) -> ET.Element:
    """Read a drawing of ours; what is not well-formed raises."""
    return ET.fromstring(text)  # noqa: S314 - it is ours


def parts(chart: SvgChart, name: str) -> int:
    """Count the shapes of a class."""
    root = read(f"<svg>{chart.body}</svg>")
    return sum(len(group) for group in root.iter("g") if name in group.get("class", "").split())


def test_columns_tell_a_gap_from_a_zero_and_from_what_waits() -> None:
    """Two columns, of which a zero is a line on the ground, one hatched gap, one that waits; each can be pointed at."""
    chart = drawings.columns(POINTS, SCALE, ["a", "d"])
    assert [parts(chart, name) for name in ("now", "gap", "wait", "hits")] == [2, 1, 1, 4]
    assert 'height="1.5"' in chart.body


def test_a_line_breaks_at_a_gap() -> None:
    """Two strokes, and the hatch between them."""
    points = [Point("a", 1.0, ""), Point("b", 2.0, ""), Point("c", None, ""), Point("d", 1.0, "")]
    chart = drawings.lines([("year0", points)], SCALE, ["a"], points)
    assert (parts(chart, "line"), parts(chart, "gap")) == (2, 1)


COLD = ChartScale(10, "10 \u00b0C", "5", -10, "\u221210")
FROST = [Point("a", -5.0, ""), Point("b", 5.0, ""), Point("c", -10.0, ""), Point("d", 0.0, "")]


def test_a_line_goes_below_zero() -> None:
    """From -10 to 10: -5 is three quarters down, 0 the middle; zero and the bottom are written beside their lines."""
    chart = drawings.lines([("year0", FROST)], COLD, ["a"], FROST)
    assert 'd="M125.0 75.00L375.0 25.00L625.0 100.00L875.0 50.00"' in chart.body
    root = read(f"<svg>{chart.body}</svg>")
    assert {"10 \u00b0C", "0", "\u221210"} <= {one.text for one in root.iter("text")}


def test_a_band_goes_below_zero() -> None:
    """From -5 to 5 round zero."""
    points = [Point("a", 0.0, "", low=-5.0, high=5.0), Point("b", 0.0, "", low=-10.0, high=10.0)]
    drawn = str(drawings.lines([("year0", points)], COLD, ["a"], points).body)
    assert 'points="250.0,25.00 750.0,0.00 750.0,100.00 250.0,75.00"' in drawn


def test_a_column_hangs_from_zero() -> None:
    """Of 190 pixels the zero lies at 113: -5 hangs 47.5 down from there, 5 stands 47.5 up, each begins at zero."""
    root = read(f"<svg>{drawings.columns(FROST, COLD, ['a']).body}</svg>")
    (group,) = (one for one in root.iter("g") if one.get("class") == "now")
    found = [(float(one.attrib["y"]), float(one.attrib["height"])) for one in group]
    assert found == [(113, 47.5), (65.5, 47.5), (113, 95), (111.5, 1.5)]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([-3, 10], (-5, 10)),
        ([-3, -1], (-5, 0)),
        ([2, 30], (0, 50)),
        ([None, 0], (0, 1)),
        ([], (0, 1)),
        ([-0.4, 7], (-0.5, 10)),
    ],
)
def test_an_axis_holds_zero_and_all_values(values: list[float | None], found: tuple[float, float]) -> None:
    """With round ends."""
    assert charts.axis(values) == found


@pytest.mark.parametrize(
    ("value", "bottom", "top", "level"),
    [
        (-3, -3, 10, 0), (-0.9, -3, 10, 0), (10, -3, 10, 5), (3.6, -3, 10, 3), (-2, -8, -2, 5), (-3, -3, -3, 0),
        (0, 0, 12, 0), (2, 0, 12, 1), (12, 0, 12, 5), (0, 0, 0, 0), (None, -3, 10, None),
    ],
)  # fmt: skip
def test_a_colour_of_the_week_is_one_of_six(value: float | None, bottom: float, top: float, level: int | None) -> None:
    """The lowest has the first, also below zero, and the highest the last."""
    assert week_rhythm.level_of(value, bottom, top) == level


def test_an_hour_without_a_number_has_no_colour_of_its_own() -> None:
    """It is hatched as a gap."""
    chart = drawings.heat_map([(0, 0, 0, POINTS[2]), (0, 1, None, POINTS[1])], ["ma"] * 7, {0: "0"})
    assert (parts(chart, "heat0"), parts(chart, "gap"), parts(chart, "hits")) == (1, 1, 2)


@pytest.mark.parametrize("width", [320, 760])
def test_labels_below_a_chart_never_touch(width: int) -> None:
    """The longest day label is about 66 pixels wide; on a phone every second one is left out."""
    chart = drawings.columns(POINTS, SCALE, ["27 okt '25"] * 5)
    root = read(f"<svg>{chart.body}</svg>")
    shown = [
        one for one in root.iter("text") if one.get("class") in ({"major"} if width == 320 else {"major", "minor"})
    ]
    ends = []
    for one in shown:
        at = float(one.attrib["x"].rstrip("%")) / 100 * (width - 32)
        left = at - {"start": 0, "middle": 33, "end": 66}[one.attrib["text-anchor"]]
        ends.append((left, left + 66))
    assert len(ends) == (3 if width == 320 else 5)
    assert all(one[1] < other[0] for one, other in pairwise(ends))
    assert ends[0][0] >= 0
    assert ends[-1][1] <= width - 32


def test_a_file_is_whole_by_itself() -> None:
    """Well-formed, with its title, its legend and whose it is; nothing of a name is markup."""
    legend = [LegendEntry("gap", "geen meting"), LegendEntry("year0", "2026", stroke=True)]
    file = drawings.file(
        drawings.columns(POINTS, SCALE, ["a"]), "<b>De Kolk", "2026 & 2025", legend, ["Gemeente, CC0-1.0"]
    )
    root = read(str(file))
    said = " ".join(text for one in root.iter() if (text := one.text))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    for words in ("<b>De Kolk", "2026 & 2025", "geen meting", "Gemeente, CC0-1.0", "a: volledig"):
        assert words in said
    assert "<b>" not in str(file)


def test_every_class_of_a_drawing_has_a_colour_in_the_sheet_too() -> None:
    """In files as attributes, on pages by the sheet, for light and dark."""
    from importlib.resources import files  # noqa: PLC0415 - only here

    sheet = (files("opendata") / "static" / "explorer.css").read_text("utf-8")
    assert [name for name in STYLES if f".{name}" not in sheet] == []
