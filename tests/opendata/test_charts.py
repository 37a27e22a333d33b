"""Charts: a gap is a gap, a zero is a line on the ground, and text is inert."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opendata.pages import charts, series_charts
from opendata.pages.charts import Point
from opendata.pages.language import language
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


def test_a_line_goes_below_zero() -> None:
    """-5 of -10 to 10 is three quarters down, and zero has a line of its own in the middle."""
    drawn = charts.line([Point("a", -5.0, ""), Point("b", 10.0, "")], 10, -10)
    assert 'd="M250.0 75.00L750.0 0.00"' in drawn
    assert 'class="grid zero" d="M0 50.0H1000"' in drawn
    assert 'class="grid zero"' not in charts.line([Point("a", 5.0, "")], 10)


def test_means_below_zero_have_an_axis_that_says_so() -> None:
    """From -5 to 10, with zero two thirds down; means above it begin at zero."""
    start, spoken = datetime(2026, 1, 10, tzinfo=UTC), language("nl")
    rows = [
        ChartRow(started_at=start + index * timedelta(hours=1), value=value, valid=4, expected=4)
        for index, value in enumerate((-3.0, 8.0))
    ]
    chart = series_charts.air(spoken, "", rows, ZoneInfo("Europe/Amsterdam"), csv="", unit="\u00b0C")
    assert (chart.bottom, chart.top) == (-5, 10)
    assert chart.zero == pytest.approx(200 / 3)
    warm = series_charts.air(spoken, "", rows[1:], ZoneInfo("Europe/Amsterdam"), csv="", unit="\u00b0C")
    assert (warm.bottom, warm.top, warm.zero) == (0, 10, None)


@pytest.mark.parametrize(
    ("value", "digits"), [(0, 0), (-10, 0), (2.5, 1), (-0.25, 2), (0.05, 2), (0.025, 3), (32.5, 1)]
)
def test_a_value_of_an_axis_is_written_whole(value: float, digits: int) -> None:
    """A quarter of a degree is not two tenths."""
    assert charts.axis_digits(value) == digits


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
    for locale, days in (
        ("nl", ("za 24 okt", "zo 25 okt", "ma 26 okt")),
        ("en", ("Sat 24 Oct", "Sun 25 Oct", "Mon 26 Oct")),
    ):
        spoken = language(locale)
        week = series_charts.counts(spoken, "", rows, series_charts.quarter_label(spoken, zone), csv="", unit="")
        marks = series_charts.midnights(spoken, week, rows, zone).marks
        assert list(marks) == list(zip((0.0, 48.0, 98.0), days, strict=True))
