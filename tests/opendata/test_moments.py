"""Local days on purpose, over the clock changes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from opendata.pages.moments import Moment

pytestmark = pytest.mark.pure

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 5, 12), datetime(2026, 5, 11, 22, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_local_day_begins_at_its_own_midnight(day: date, start: datetime) -> None:
    """In UTC."""
    assert Moment(datetime(2026, 10, 27, tzinfo=UTC), ZONE).start_of(day) == start


def test_a_week_before_is_the_same_time_by_the_clock() -> None:
    """Ten past ten in winter time was ten past ten in summer time."""
    moment = Moment(datetime(2026, 10, 27, 9, 7, tzinfo=UTC), ZONE)
    assert moment.a_week_before() == datetime(2026, 10, 20, 8, 7, tzinfo=UTC)


def test_a_long_day_has_twenty_five_hours() -> None:
    """The time that is over is real time."""
    late = Moment(datetime(2026, 10, 25, 22, 59, tzinfo=UTC), ZONE)
    assert late.elapsed(late.now) == 24.75 * 3600
    assert late.elapsed(datetime(2026, 10, 24, 21, tzinfo=UTC)) == 0
