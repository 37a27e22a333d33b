"""Axes of sheets: nice numbers, and times whose labels do not touch."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dashboards.preview import letters
from dashboards.preview.scales import TimeScale, time_ticks, value_scale
from dashboards.preview.sheet_language import SheetLanguage

pytestmark = pytest.mark.pure

DUTCH = SheetLanguage("nl", ZoneInfo("Europe/Amsterdam"))
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)
"""The midnight before the clock goes back."""


@pytest.mark.parametrize(
    ("values", "most", "bounds", "ends", "ticks"),
    [
        ([3, 357], 4, (0, None), (0, 400), [0, 100, 200, 300, 400]),
        ([0.33, 0.42], 5, (0, None), (0, 0.5), [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        ([0.2, 0.9], 2, (0, 1), (0, 1), [0, 0.5, 1]),
        ([-3, 8], 4, (None, None), (-5, 10), [-5, 0, 5, 10]),
        ([7, 7], 2, (None, None), (5, 15), [5, 10, 15]),
        ([], 2, (None, None), (0, 1), [0, 0.5, 1]),
        ([0, 0], 2, (0, None), (0, 1), [0, 0.5, 1]),
    ],
)
def test_a_scale_ends_at_nice_numbers(
    values: list[float],
    most: int,
    bounds: tuple[float | None, float | None],
    ends: tuple[float, float],
    ticks: list[float],
) -> None:
    """Steps of 1, 2, 2.5 and 5 times a power of ten, no more of them than have room."""
    scale = value_scale(values, most, low=bounds[0], high=bounds[1])
    assert (scale.low, scale.high) == ends
    assert list(scale.ticks) == ticks
    assert (scale.share(scale.low), scale.share(scale.high)) == (0, 1)


def texts(start: datetime, length: timedelta, width: float) -> list[str]:
    """Give the labels of an axis."""
    return [tick.text for tick in time_ticks(TimeScale(start, start + length, 0, width), DUTCH)]


def test_times_are_local_and_days_begin_at_midnight() -> None:
    """Of a day hours, of three days quarters of a day, of a year months."""
    day = texts(AUTUMN - timedelta(days=2), timedelta(days=1), 420)
    assert day == ["23 okt", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]
    assert texts(AUTUMN, timedelta(days=31, hours=1), 300) == ["26 okt", "2 nov", "9 nov", "16 nov", "23 nov"]
    assert texts(datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=1_800), 300)[0] == "2025"


def test_the_day_on_which_the_clock_goes_back_has_every_hour_of_the_axis_once() -> None:
    """25 hours from midnight to midnight: noon is 13 hours after it."""
    scale = TimeScale(AUTUMN, AUTUMN + timedelta(hours=25), 0, 500)
    ticks = {tick.text: (tick.at - AUTUMN) / timedelta(hours=1) for tick in time_ticks(scale, DUTCH)}
    assert (ticks["25 okt"], ticks["12:00"], ticks["18:00"]) == (0, 13, 19)


@pytest.mark.parametrize("days", [0.1, 1, 2, 3, 7, 14, 30, 61, 92, 365, 800, 4_000])
@pytest.mark.parametrize("width", [60, 200, 420, 1_300])
def test_labels_of_times_never_touch(days: float, width: float) -> None:
    """Whatever the range and the width."""
    scale = TimeScale(AUTUMN, AUTUMN + timedelta(days=days), 0, width)
    places = [(scale.place(tick.at), letters.width(tick.text) / 2) for tick in time_ticks(scale, DUTCH)]
    assert all(early + half < late - other for (early, half), (late, other) in pairwise(places))
    assert len(places) <= width / 30
