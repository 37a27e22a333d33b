"""When a sensor can measure: sunrise and sunset beside published tables, local hours over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schemas.quality_flags import OUTSIDE_WINDOW
from streams.domain.measuring_window import (
    DaylightWindow,
    HoursWindow,
    bins_expected,
    can_measure,
    lies_within,
    placed_window,
)
from streams.domain.share import CrossingInterval, pair, share
from streams.domain.sun import sun_hours
from streams.domain.validation import validate
from tests.streams.observations import seen, stream

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

PUBLISHED = [
    # Reda and Andreas, Solar Position Algorithm (NREL/TP-560-34302), table A2.1, which has The Astronomical Almanac's.
    (date(1994, 1, 2), 0.0, 35.0, "07:08", "17:00"),
    (date(1996, 7, 5), 0.0, -35.0, "07:08", "17:01"),
    (date(2004, 12, 4), 0.0, -35.0, "04:39", "19:02"),
    # De Bilt by the Dutch weather office: 8:46 to 16:29 on the shortest day, in winter time.
    (date(2022, 12, 21), 5.18, 52.1, "07:46", "15:29"),
    # Assen, at 53 N: 5:08 to 22:04 in summer time on the longest day, 8:45 to 16:19 on the shortest.
    (date(2026, 6, 21), 6.56, 53.0, "03:08", "20:04"),
    (date(2026, 12, 21), 6.56, 53.0, "07:45", "15:19"),
    # Greenwich: 4:43 to 21:21 in summer time on the longest day.
    (date(2024, 6, 21), 0.0, 51.4779, "03:43", "20:21"),
]
"""Day, longitude, latitude, and sunrise and sunset in UTC as they are published."""


def utc(text: str) -> datetime:
    """Read an instant of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "longitude", "latitude", "rises", "sets"), PUBLISHED)
def test_the_sun_rises_and_sets_to_the_minute(
    day: date, longitude: float, latitude: float, rises: str, sets: str
) -> None:
    """As the tables have it."""
    found = sun_hours(day, longitude, latitude)
    assert (f"{found.rises_at:%H:%M}", f"{found.sets_at:%H:%M}") == (rises, sets)
    assert found.rises_at.date() == found.sets_at.date() == day


def test_where_the_sun_never_sets_a_day_is_whole_and_where_it_never_rises_there_is_none() -> None:
    """On Spitsbergen: also the hour over midnight is within, and in winter none is."""
    spitsbergen = DaylightWindow(15.6, 78.2)
    assert bins_expected([spitsbergen], 900, utc("2026-06-20"), utc("2026-06-22")) == 192
    assert lies_within(spitsbergen, utc("2026-06-20T23:45"), utc("2026-06-21T00:00"))
    assert bins_expected([spitsbergen], 900, utc("2026-12-20"), utc("2026-12-22")) == 0


def test_an_interval_counts_where_it_lies_wholly_between_sunrise_and_sunset() -> None:
    """At Assen on the shortest day, 7:45 to 15:19 UTC: 30 quarters, 7 hours."""
    assen = DaylightWindow(6.56, 53.0)
    assert not lies_within(assen, utc("2026-12-21T07:30"), utc("2026-12-21T07:45"))
    assert lies_within(assen, utc("2026-12-21T07:45"), utc("2026-12-21T08:00"))
    assert lies_within(assen, utc("2026-12-21T15:00"), utc("2026-12-21T15:15"))
    assert not lies_within(assen, utc("2026-12-21T15:15"), utc("2026-12-21T15:30"))
    assert bins_expected([assen], 900, utc("2026-12-21"), utc("2026-12-22")) == 30
    assert bins_expected([assen], 3600, utc("2026-12-21"), utc("2026-12-22")) == 7


@pytest.mark.parametrize(
    ("window", "start", "hours", "expected"),
    [
        ("05-20", "2026-05-11T22:00", 24, 15),  # 5 to 20 hours
        ("05-20", "2026-03-28T23:00", 23, 15),  # clocks are put on at 2
        ("02-20", "2026-03-28T23:00", 23, 17),  # there is no 2, and 18 hours less that one are left
        ("03-20", "2026-03-28T23:00", 23, 17),
        ("02-20", "2026-10-24T22:00", 25, 19),  # there are two, and both are within
        ("03-20", "2026-10-24T22:00", 25, 17),
        ("00-02", "2026-10-24T22:00", 25, 2),  # neither is
        ("00-03", "2026-10-24T22:00", 25, 4),
        ("00-24", "2026-10-24T22:00", 25, 25),
        ("22-05", "2026-05-11T22:00", 24, 7),  # over midnight: 0 to 5, and from 22 on
        ("22-05", "2026-10-24T22:00", 25, 8),
        ("22-05", "2026-03-28T23:00", 23, 6),
    ],
)
def test_local_hours_know_both_clock_changes(window: str, start: str, hours: int, expected: int) -> None:
    """Of a local day of 23, 24 or 25 hours, counted by hand."""
    begin = utc(start)
    placed = placed_window(f"{window} Europe/Amsterdam")
    assert placed == HoursWindow(int(window[:2]), int(window[3:]), AMSTERDAM)
    assert bins_expected([placed], 3600, begin, begin + hours * HOUR) == expected


def test_several_windows_leave_what_is_in_all_of_them() -> None:
    """DaylightWindow of the shortest day and 05-10 local time, which is 4 to 9 UTC: 7:45 to 9, five quarters."""
    windows = [placed_window("daylight 6.56 53.0"), placed_window("05-10 Europe/Amsterdam")]
    assert bins_expected(windows, 900, utc("2026-12-21"), utc("2026-12-22")) == 5
    assert bins_expected([], 900, utc("2026-12-21"), utc("2026-12-22")) == 96


def test_what_is_sent_outside_of_the_window_gets_its_quality_flag() -> None:
    """A zero of a camera at night, with full uptime, is no zero; a value in daylight is one."""
    night, noon = utc("2026-12-21T03:00"), utc("2026-12-21T11:00")
    camera, other = stream(placed_window="daylight 6.56 53.0"), stream()
    flags = {
        (one, at): validate(seen(0.0, started_at=at, ended_at=at + QUARTER), one) & OUTSIDE_WINDOW
        for one in (camera, other)
        for at in (night, noon)
    }
    assert [place for place, flag in flags.items() if flag] == [(camera, night)]
    assert can_measure("", night, night + QUARTER)


def test_a_share_expects_nothing_outside_of_the_windows() -> None:
    """Three intervals of daylight, one of them a gap, and two of the night: 2 of 3, under three quarters."""
    known = CrossingInterval([10.0], [30.0])
    gap, dark = CrossingInterval([None], [30.0]), CrossingInterval([0.0], [0.0], expected=False)
    found = pair([dark, known, gap, known, dark])
    assert (found.paired, found.expected) == (2, 3)
    assert share(found).value is None
    assert share(pair([dark, known, known, known, dark])).value == 0.25


def test_a_window_over_midnight_in_the_west_is_open_on_the_evening_of_utc() -> None:
    """From 21 until 20 the next day, in Toronto: what is 17 to 20 there is the evening, and the night, of UTC."""
    window = HoursWindow(21, 20, ZoneInfo("America/Toronto"))
    start = utc("2024-12-20T22:00")
    assert all(lies_within(window, start + hour * HOUR, start + (hour + 1) * HOUR) for hour in range(3))
    assert not lies_within(window, start + 3 * HOUR, start + 4 * HOUR)
