"""Where panels stand on a sheet, how texts fit, and that all of it is escaped."""

import pytest
from defusedxml.ElementTree import fromstring

from dashboards.preview import letters, svg, text_panel
from dashboards.preview.axes import category_lines
from dashboards.preview.layout import PanelBox, placed, split

pytestmark = pytest.mark.pure


def test_panels_stand_on_24_columns() -> None:
    """1440 pixels with 24 at both edges: a column and its gap are (1392 + 8) / 24 pixels, a row and its gap 38."""
    whole = placed({"x": 0, "y": 0, "w": 24, "h": 9}, 100)
    assert whole == pytest.approx((24, 100, 1_392, 9 * 38 - 8))
    left, right = (placed({"x": x, "y": 2, "w": 12, "h": 4}, 100) for x in (0, 12))
    assert (left.y, left.height) == (176, 144)
    assert right.x - left.right == pytest.approx(8)
    assert right.right == pytest.approx(whole.right)


def test_a_box_is_divided_with_gaps() -> None:
    """Beside each other or below."""
    box = PanelBox(0, 0, 100, 50)
    assert split(box, 2, across=True) == [PanelBox(0, 0, 46, 50), PanelBox(54, 0, 46, 50)]
    assert [one.height for one in split(box, 2, across=False)] == [21, 21]
    assert box.inner(10, 60).height == 0


def test_a_text_is_cut_where_it_has_no_room() -> None:
    """An `i` is narrower than an `m`; of the whole text the element says what was cut."""
    assert letters.width("iii", 10) == pytest.approx(8.34)
    assert letters.width("mmm", 10) == pytest.approx(29.22)
    assert letters.fitted("Vaart Noord", 200) == "Vaart Noord"
    assert letters.fitted("Vaart Noord", 55) == "Vaart\u2026"
    assert letters.fitted("Vaart Noord", 5) == ""
    assert list(letters.wrapped("een gat is geen nul", 60)) == ["een gat is", "geen nul"]
    assert "<title>Vaart Noord</title>Vaart\u2026" in svg.label("Vaart Noord", 0, 0, room=55)


@pytest.mark.parametrize("text", ["</text><script>", "&amp;", "\"'><", "]]>", "a\x00b\x1f\ud800"])
def test_whatever_is_written_stays_text(text: str) -> None:
    """In an attribute, in a title and in a text."""
    read = fromstring(svg.element("g", svg.title(text), svg.label(text, 0, 0, fill=text)))
    clean = text.translate({0: "\ufffd", 0x1F: "\ufffd", 0xD800: "\ufffd"})
    assert [one.text for one in read] == [clean, clean]
    assert read[1].get("fill") == clean


def test_coordinates_are_short() -> None:
    """One decimal, no negative zero."""
    assert [svg.number(value) for value in (1, 1.25, -0.04, 10.0)] == ["1", "1.2", "0", "10"]


def test_a_text_panel_is_read_as_plain_text() -> None:
    """Headings, lists, links and marks of Markdown; tags of HTML are left out."""
    content = "# Lezen\nEen **gat** is\ngeen [nul](https://elsewhere.example).\n\n- blijft leeg\n<b>dik</b><br>regel"
    drawn = text_panel.draw({"options": {"content": content}}, PanelBox(0, 0, 400, 200))
    read = ["".join(fromstring(one).itertext()) for one in drawn]
    assert read == ["Lezen", "Een gat is geen nul.", "\u2022 blijft leeg", "dik regel"]


def test_categories_are_broken_into_lines_or_some_of_them_are_left_out() -> None:
    """Names of places keep their words; of many short ones every second or third is written."""
    assert category_lines(["ma", "di"], 200) == [["ma"], ["di"]]
    assert category_lines(["Vaart Noord", "Kanaalweg tot Haren"], 160) == [
        ["Vaart", "Noord"],
        ["Kanaalweg", "tot Haren"],
    ]
    assert category_lines(["01:00", "02:00", "03:00", "04:00"], 120) == [["01:00"], [], ["03:00"], []]
