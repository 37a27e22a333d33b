"""Where local days begin, beside what the database says of the same days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from opendata.local_days import midnight, midnight_before
from opendata.v1.intervals import Interval, span

pytestmark = pytest.mark.contracts

AZORES = ZoneInfo("Atlantic/Azores")
TWICE = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
"""In the second of two hours after midnight."""


def test_a_midnight_that_comes_twice_is_the_first_one() -> None:
    """For whoever asks in the second hour, too."""
    assert midnight_before(TWICE, AZORES) == midnight(date(2026, 10, 25), AZORES) == datetime(2026, 10, 25, tzinfo=UTC)
    covered = span(None, TWICE + timedelta(days=7), Interval.UUR, TWICE + timedelta(days=8), AZORES)
    assert covered.start == datetime(2026, 10, 25, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Atlantic/Azores", "America/Havana", "Asia/Beirut", "UTC"])
def test_the_database_begins_days_where_the_site_does(owner: psycopg.Connection, zone: str) -> None:
    """All days of a year, over both changes of the clocks."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    rows = owner.execute("SELECT api.midnight(d, %s) FROM unnest(%s::date[]) d", [zone, days]).fetchall()
    assert [row[0].astimezone(UTC) for row in rows] == [midnight(day, ZoneInfo(zone)) for day in days]
