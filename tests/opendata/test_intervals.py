"""Which range an answer covers, and what is too much."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opendata.v1.intervals import Interval, RangeRefusedError, Span, closes, row_length, since, span

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


def test_a_whole_range_is_made_of_local_days() -> None:
    """Up to the last midnight, or with an end up to the next one; never from halfway a day."""
    over = span(date(2026, 10, 20), None, Interval.GEHEEL, NOW, ZONE)
    assert (over.start, over.end) == (datetime(2026, 10, 19, 22, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC))
    running = span(date(2026, 10, 20), date(2026, 12, 1), Interval.GEHEEL, NOW, ZONE)
    assert running.end == datetime(2026, 10, 27, 23, tzinfo=UTC)
    with pytest.raises(RangeRefusedError, match="middernacht") as refused:
        span(datetime(2026, 10, 20, 6, tzinfo=UTC), None, Interval.GEHEEL, NOW, ZONE)
    assert refused.value.parameter == "startTijd"


def test_a_whole_range_is_one_row_and_not_cut_where_a_series_begins() -> None:
    """Other intervals are."""
    covered = span(date(2026, 10, 20), date(2026, 10, 27), Interval.GEHEEL, NOW, ZONE)
    assert since(covered, NOW, Interval.GEHEEL) == covered
    assert row_length(covered, Interval.GEHEEL) == covered.end - covered.start
    assert since(covered, covered.end, Interval.DAG).start == covered.end
    assert row_length(covered, Interval.DAG) == timedelta(days=1)


@pytest.mark.parametrize(
    ("interval", "end", "over"),
    [
        (Interval.KWARTIER, "2026-10-20T10:15:00Z", "2026-10-20T11:00:00Z"),
        (Interval.UUR, "2026-10-20T10:00:00Z", "2026-10-20T10:00:00Z"),
        (Interval.UUR, "2026-10-20T10:00:00.000001Z", "2026-10-20T11:00:00Z"),
        (Interval.DAG, "2026-10-24T22:00:00Z", "2026-10-24T22:00:00Z"),
        (Interval.DAG, "2026-10-24T22:00:01Z", "2026-10-25T23:00:00Z"),  # the long day
        (Interval.WEEK, "2026-10-18T22:00:00Z", "2026-10-18T22:00:00Z"),
        (Interval.WEEK, "2026-10-20T22:00:00Z", "2026-10-25T23:00:00Z"),
        (Interval.MAAND, "2026-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
        (Interval.MAAND, "2026-12-31T22:00:00Z", "2026-12-31T23:00:00Z"),
        (Interval.TWAALF_MAANDEN, "2026-02-10T00:00:00Z", "2026-02-28T23:00:00Z"),
        (Interval.JAAR, "2026-02-10T00:00:00Z", "2026-12-31T23:00:00Z"),
        (Interval.GEHEEL, "2026-02-09T23:00:00Z", "2026-02-09T23:00:00Z"),
    ],
)
def test_a_range_is_over_where_the_next_row_would_begin(interval: Interval, end: str, over: str) -> None:
    """Not sooner: the last row may reach beyond what was asked."""
    covered = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime.fromisoformat(end))
    assert closes(covered, interval, ZONE) == datetime.fromisoformat(over)
