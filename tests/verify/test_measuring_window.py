"""What a stranger expects of an interval: whether it lies in the windows of the devices that count in it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from verify import shares
from verify.comparison import Compared
from verify.counts import QUARTER, Count
from verify.measuring_window import DeviceWindow, SitePosition, compare, daylight, is_within, windows

pytestmark = pytest.mark.pure

ASSEN = SitePosition(6.56, 53.0, ZoneInfo("Europe/Amsterdam"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHORTEST = datetime(2026, 12, 20, 23, tzinfo=UTC)
"""When the shortest day begins; the sun is up from 7:45 to 15:19 UTC."""


def day(code: str, start: datetime, hours: int) -> int:
    """Count the hours of a local day that lie in a window."""
    return sum(is_within(code, ASSEN, start + n * HOUR, start + (n + 1) * HOUR) for n in range(hours))


def test_sunrise_and_sunset_are_those_of_the_tables() -> None:
    """Reda and Andreas, table A2.1, and Assen on the longest day."""
    found = [
        daylight(date(1994, 1, 2), 0, 35),
        daylight(date(2004, 12, 4), 0, -35),
        daylight(date(2026, 6, 21), 6.56, 53),
    ]
    assert [(f"{rises:%H:%M}", f"{sets:%H:%M}") for rises, sets in found] == [
        ("07:08", "17:00"),
        ("04:39", "19:02"),
        ("03:08", "20:04"),
    ]


def test_local_hours_know_both_clock_changes() -> None:
    """By hand: 23 and 25 hours, of which 2 to 20 are 17 and 19; over midnight 6 and 8."""
    spring, autumn = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert [day("02-20", spring, 23), day("02-20", autumn, 25)] == [17, 19]
    assert [day("22-05", spring, 23), day("22-05", autumn, 25)] == [6, 8]
    assert day("always", autumn, 25) == 25


def test_an_interval_that_is_expected_in_the_dark_is_a_difference() -> None:
    """All quarters of the shortest day, published as expected: 30 of 96 are; one that counts later says nothing."""
    rows = [Count(SHORTEST + n * QUARTER, SHORTEST + (n + 1) * QUARTER, None, 0, 1) for n in range(96)]
    devices = [
        DeviceWindow("in", SHORTEST - DAY, SHORTEST + DAY, "daylight"),
        DeviceWindow("in", SHORTEST + DAY, SHORTEST + 2 * DAY, "05-06"),
    ]
    found = [one for one in compare("counts", rows, devices, ASSEN) if isinstance(one, Compared)]
    assert len(found) == 96
    assert sum(not one.differs for one in found) == 30


def test_an_older_instance_names_no_window() -> None:
    """Its devices always measure."""
    period = {"startTijd": "2026-01-01T00:00:00Z", "eindTijd": "2027-01-01T00:00:00Z"}
    (old,) = windows([{"richting": "in", "meetperioden": [period]}])
    (new,) = windows([{"richting": "in", "meetperioden": [period | {"meetvenster": {"code": "05-20", "tekst": ""}}]}])
    assert (old.code, new.code) == ("always", "05-20")


def test_a_share_expects_nothing_where_a_crossing_expects_nothing() -> None:
    """Bicycles by quarters of which the first lies in the dark, cars by the half hour: one of two bins is left."""

    def row(number: int, length: int, value: int | None, expected: int = 1) -> Count:
        start = SHORTEST + number * QUARTER
        return Count(
            start, start + length * QUARTER, None if value is None else Decimal(value), int(value is not None), expected
        )

    crossings = {
        ("a", "fiets"): [row(0, 1, None, 0), *(row(number, 1, 3) for number in (1, 2, 3))],
        ("a", "personenauto"): [row(0, 2, None, 0), row(2, 2, 9)],
    }
    hours = shares.hours_of(shares.bins_of(crossings, ["fiets", "personenauto"]))
    assert hours == {SHORTEST: shares.Pairing(Decimal(6), Decimal(15), 1, 1)}
