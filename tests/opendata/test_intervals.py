"""Which range an answer covers, and what is too much."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opendata.v1.intervals import Interval, RangeRefusedError, span

pytestmark = pytest.mark.pure

NOW = datetime(2026, 10, 27, 9, 7, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Amsterdam")


def test_without_a_range_the_last_days_are_answered_from_a_local_midnight() -> None:
    """Seven days of hours, over the clock change."""
    covered = span(None, None, Interval.UUR, NOW, ZONE)
    assert covered.start == datetime(2026, 10, 19, 22, tzinfo=UTC)
    assert covered.end == NOW


def test_the_future_is_not_answered() -> None:
    """An end in the future is cut to now."""
    assert span(NOW, NOW + timedelta(days=9), Interval.UUR, NOW, ZONE).end == NOW


def test_a_plain_day_begins_at_local_midnight() -> None:
    """On both sides of the clock change, and only where rows are days or longer."""
    covered = span(date(2026, 10, 25), date(2026, 10, 26), Interval.DAG, NOW, ZONE)
    assert (covered.start.hour, covered.end - covered.start) == (22, timedelta(hours=25))
    with pytest.raises(RangeRefusedError, match="zonder tijd") as refused:
        span(NOW, date(2026, 10, 28), Interval.UUR, NOW, ZONE)
    assert refused.value.parameter == "eindTijd"


def test_a_backwards_range_is_refused() -> None:
    """It names the parameter."""
    with pytest.raises(RangeRefusedError, match="draai ze om") as refused:
        span(NOW, NOW - timedelta(seconds=1), Interval.DAG, NOW, ZONE)
    assert refused.value.parameter == "startTijd"


def test_too_many_rows_are_refused_with_an_interval_that_fits() -> None:
    """A hundred years of quarters."""
    with pytest.raises(RangeRefusedError, match="kies interval=dag"):
        span(datetime(1975, 1, 1, tzinfo=UTC), datetime(2075, 1, 1, tzinfo=UTC), Interval.KWARTIER, NOW, ZONE)
