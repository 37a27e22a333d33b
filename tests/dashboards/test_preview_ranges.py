"""The range of a sheet: Grafana's words, days and instants; a panel with a range of its own; places on a map."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboards.macros import DashboardRange
from dashboards.preview.layout import PanelBox
from dashboards.preview.map_frame import around, document, shapes, within
from dashboards.preview.range_words import RangeWordsError, of_panel, read

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 10, 27, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("now-6h", "now", "2026-10-27T03:07", "2026-10-27T09:07"),
        ("now-7d", "now", "2026-10-20T08:07", "2026-10-27T09:07"),
        ("now/d", "now/d", "2026-10-26T23:00", "2026-10-27T22:59:59"),
        ("now-1d/d", "now-1d/d", "2026-10-25T23:00", "2026-10-26T22:59:59"),
        ("now/w", "now", "2026-10-25T23:00", "2026-10-27T09:07"),
        ("now-1M/M", "now-1M/M", "2026-08-31T22:00", "2026-09-30T21:59:59"),
        ("now/y", "now", "2025-12-31T23:00", "2026-10-27T09:07"),
        ("2026-03-29", "2026-03-29", "2026-03-28T23:00", "2026-03-29T21:59:59"),
        ("2026-05-12T09:00", "2026-05-12T10:00+00:00", "2026-05-12T07:00", "2026-05-12T10:00"),
    ],
)
def test_ranges_are_read_in_the_zone_of_the_owner(start: str, end: str, first: str, last: str) -> None:
    """Days by the clock on the wall; the day of the spring has 23 hours."""
    found = read(start, end, NOW, AMSTERDAM)
    assert (found.start, found.end) == tuple(datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, last))


@pytest.mark.parametrize(
    ("start", "end"), [("yesterday", "now"), ("now", "now-1h"), ("2026-13-01", "now"), ("", "now")]
)
def test_a_range_that_is_none_is_refused(start: str, end: str) -> None:
    """With what can be written."""
    with pytest.raises(RangeWordsError, match=r"now-30d|later than its start"):
        read(start, end, NOW, AMSTERDAM)


def test_a_panel_may_have_a_range_of_its_own() -> None:
    """It ends where the dashboard's does; the interval leaves one point a pixel at most."""
    span = DashboardRange(NOW - timedelta(days=30), NOW)
    own = of_panel(span, "7d", None, 700)
    assert (own.end - own.start, own.end) == (timedelta(days=7), NOW)
    assert own.interval == timedelta(minutes=15)
    shifted = of_panel(span, None, "1d", 700)
    assert (shifted.start, shifted.end) == (span.start - timedelta(days=1), NOW - timedelta(days=1))
    assert shifted.interval == timedelta(hours=2)


def test_places_lie_in_the_frame() -> None:
    """North is above, east is right, and every place has some air around it."""
    box = PanelBox(100, 50, 400, 200)
    frame = around([(6.54, 52.99), (6.58, 53.01)], box, padding=20)
    (west, south), (east, north) = frame.place((6.54, 52.99)), frame.place((6.58, 53.01))
    assert north < south
    assert west < east
    assert (north, south) == pytest.approx((70, 230), abs=0.1)
    assert ((west + east) / 2, (north + south) / 2) == pytest.approx((300, 150), abs=0.1)
    assert around([(6.5, 53.0)], box).place((6.5, 53.0)) == pytest.approx((300, 150))


def test_geojson_is_read_from_an_address_that_holds_it_and_from_a_text() -> None:
    """Points, lines and outlines, alone, several, and in collections; anything else has no shapes."""
    found = within('data:application/json,{"type":"Point","coordinates":[6.5,53]}')
    assert [(one.kind, one.lines) for one in shapes(found)] == [("Point", [[(6.5, 53.0)]])]
    assert within("https://elsewhere.example/map.json") is None
    assert within("data:application/json,{") is None
    many = document(
        '{"type":"Feature","properties":{"naam":"x"},"geometry":{"type":"MultiLineString","coordinates":[[[0,1],[2,3]]]}}'
    )
    assert [(one.kind, one.lines, one.properties) for one in shapes(many)] == [
        ("LineString", [[(0.0, 1.0), (2.0, 3.0)]], {"naam": "x"})
    ]
    assert document("plain text") is None
    assert list(shapes(["no", "shape"])) == []
