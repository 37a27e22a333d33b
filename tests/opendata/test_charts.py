"""Charts: a gap is a gap, a zero is a line on the ground, and text is inert."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opendata.pages import charts, series_charts
from opendata.pages.charts import Point
from opendata.pages.series_charts import ChartRow

pytestmark = pytest.mark.pure


def test_a_gap_is_drawn_otherwise_than_a_zero() -> None:
    """One pale block, one thin column."""
    series_charts = charts.columns([Point("a", None, "geen meting"), Point("b", 0.0, "volledig")], 10)
    assert series_charts.count('class="gap"') == 1
    assert series_charts.count('class="column"') == 1
    assert 'height="0.80"' in series_charts


def test_a_line_breaks_at_a_gap() -> None:
    """Two strokes, not one through the gap."""
    points = [Point("a", 1.0, ""), Point("b", 2.0, ""), Point("c", None, ""), Point("d", 1.0, ""), Point("e", 1.0, "")]
    assert charts.line(points, 2).count('class="line"') == 2


def test_text_in_a_chart_is_inert() -> None:
    """A label is never markup."""
    assert "<img" not in charts.columns([Point("<img onerror=x>", 1.0, "<script>")], 1)


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (1, 1), (3, 5), (21, 25), (490, 500), (1200, 2000), (99, 100)])
def test_the_top_of_an_axis_is_a_round_number(highest: float, top: float) -> None:
    """At least the highest value."""
    assert charts.nice(highest) == top


def test_ticks_run_from_the_first_to_the_last() -> None:
    """Evenly between."""
    assert charts.ticks([str(index) for index in range(31)]) == ["0", "8", "15", "22", "30"]


def test_a_week_of_quarters_is_marked_where_its_local_days_begin() -> None:
    """Over the clock change, at their own place."""
    start, zone = datetime(2026, 10, 23, 22, tzinfo=UTC), ZoneInfo("Europe/Amsterdam")
    times = [start + index * timedelta(minutes=15) for index in range(96 + 100 + 4)]
    rows = [ChartRow(started_at=time, value=1, valid=1, expected=1) for time in times]
    chart = series_charts.midnights(series_charts.counts("", rows, series_charts.quarter_label(zone), ""), rows, zone)
    assert list(chart.marks) == [(0.0, "za 24 okt"), (48.0, "zo 25 okt"), (98.0, "ma 26 okt")]
