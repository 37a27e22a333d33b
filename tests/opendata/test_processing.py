"""What may be said of an empty bucket, and when the platform stands still: by moments alone."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import TimestamptzRange

from opendata.processing import Movement, PlatformWatermark, Processing, stands_still

pytestmark = pytest.mark.pure

NOW = datetime(2026, 10, 27, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEN = datetime(2026, 10, 27, 10, tzinfo=UTC)
LAGS = st.integers(0, 100_000).map(lambda seconds: timedelta(seconds=seconds))


def row(received: int | None, stored: int | None, aggregated: int | None, measured: int = 0) -> dict[str, Any]:
    """A row of the view whose stages lag so many seconds."""
    lags = {"received_until": received, "stored_until": stored, "aggregated_until": aggregated, "measured_at": measured}
    moments = {name: None if lag is None else NOW - timedelta(seconds=lag) for name, lag in lags.items()}
    backlogs = {"receive_backlog": 0, "store_backlog": None, "aggregate_backlog": 3}
    return {**moments, **backlogs, "store_measured_at": NOW, "aggregate_measured_at": NOW}


def completion(aggregated: int | None, *waiting: datetime) -> Processing:
    """A platform whose sums lag so many seconds, with hours that wait."""
    hours = TimestamptzMultirange([TimestamptzRange(hour, hour + HOUR) for hour in waiting])
    return Processing.of(row(aggregated, aggregated, aggregated), hours, NOW)


@pytest.mark.parametrize(
    ("aggregated", "start", "lacks"),
    [
        (2, TEN - HOUR, False),
        (2, TEN, False),  # runs, and the platform keeps up
        (31, TEN, True),
        (1199, TEN - HOUR, False),
        (1200, TEN - HOUR, False),  # the mark is at its end: all of it is in
        (1201, TEN - HOUR, True),
        (1201, TEN - 2 * HOUR, False),
        (None, TEN, False),
    ],
)
def test_a_bucket_lacks_what_the_watermark_has_not_passed(
    aggregated: int | None, start: datetime, *, lacks: bool
) -> None:
    """Its end counts; of one that runs, whether the platform keeps up."""
    assert completion(aggregated).lacks(start, start + HOUR) is lacks


def test_an_hour_of_the_past_that_waits_is_not_whole_however_far_the_watermark_is() -> None:
    """Nor is the day in which it lies; its neighbours are."""
    waits = TEN - timedelta(days=100)
    of = completion(1, waits)
    assert of.lacks(waits, waits + HOUR)
    assert of.lacks(waits - 5 * HOUR, waits + 19 * HOUR)
    assert not of.lacks(waits - HOUR, waits)
    assert not of.lacks(waits + HOUR, waits + 2 * HOUR)


def test_nothing_is_judged_where_nothing_was_ever_marked() -> None:
    """But that an hour waits is a fact of its own."""
    of = Processing.of(row(None, None, None), None, NOW)
    assert (of.watermark, of.state(TEN - HOUR, TEN), of.lacks(TEN - HOUR, TEN)) == (None, None, False)
    assert stands_still(of.watermark, NOW) is None
    assert PlatformWatermark.of(None) is None
    hours = TimestamptzMultirange([TimestamptzRange(TEN - HOUR, TEN)])
    assert Processing.of(None, hours, NOW).lacks(TEN - HOUR, TEN)


@pytest.mark.parametrize(
    ("of", "start", "end", "state"),
    [
        (completion(2), TEN - 5 * HOUR, TEN, "processed"),
        (completion(2), TEN, NOW, "current"),
        (completion(40), TEN, NOW, "behind"),
        (completion(4000), TEN - 5 * HOUR, TEN, "behind"),
        (completion(4000), TEN - 5 * HOUR, TEN - HOUR, "processed"),
        (completion(2, TEN - 3 * HOUR), TEN - 5 * HOUR, TEN, "waiting"),
        (completion(2, TEN - 30 * HOUR), TEN - 5 * HOUR, TEN, "processed"),
        (completion(4000, TEN - 3 * HOUR), TEN - 5 * HOUR, TEN, "behind"),
    ],
)
def test_a_range_says_how_it_stands_as_a_whole(of: Processing, start: datetime, end: datetime, state: str) -> None:
    """What is behind comes before what waits; what is over and passed stays so."""
    assert of.state(start, end) == state


@given(LAGS, st.integers(-400, 0), st.integers(1, 48))
def test_a_range_that_is_processed_lacks_nothing(lag: timedelta, start: int, hours: int) -> None:
    """In none of its hours."""
    of = completion(int(lag.total_seconds()))
    first = TEN + start * HOUR
    if of.state(first, first + hours * HOUR) == "processed":
        assert not any(of.lacks(first + n * HOUR, first + (n + 1) * HOUR) for n in range(hours))


@pytest.mark.parametrize(
    ("lags", "still"),
    [
        ((1, 2, 3, 0), None),
        ((30, 60, 120, 30), None),
        ((31, 31, 31, 0), "receive"),
        ((1, 61, 61, 0), "store"),
        ((1, 2, 121, 0), "aggregate"),
        ((1, 2, 3, 31), "measure"),
        ((900, 900, 900, 900), "measure"),
        ((1, None, None, 0), None),  # has just begun
        ((None, None, None, 0), None),
    ],
)
def test_the_stage_that_does_not_move_is_named(lags: tuple[int | None, ...], still: str | None) -> None:
    """The first on the way of a reading; a platform that measures nothing any more before all of them."""
    received, stored, aggregated, measured = lags
    of = PlatformWatermark.of(row(received, stored, aggregated, measured or 0))
    assert stands_still(of, NOW) == still


@pytest.mark.parametrize(
    ("backlog", "moved", "still"),
    [
        (5, {}, "store"),
        (5, {"receive": 40, "store": 40}, "store"),
        (5, {"receive": 40, "store": 10}, "receive"),  # it works off what waits, and no mark comes
        (0, {}, "receive"),
        (None, {}, "receive"),
    ],
)
def test_what_waits_to_be_stored_tells_that_the_store_stands(
    backlog: int | None, moved: dict[Literal["receive", "store"], int], still: str
) -> None:
    """The word of the intake comes through the store: with nothing to store nobody can tell which of the two stands."""
    of = PlatformWatermark.of({**row(45, 45, 45), "store_backlog": backlog})
    assert stands_still(of, NOW, {name: NOW - timedelta(seconds=ago) for name, ago in moved.items()}) == still


@pytest.mark.parametrize(("silent", "still"), [(10, "receive"), (11, "store"), (None, "receive")])
def test_a_store_that_measures_nothing_any_more_is_the_one_that_stands(silent: int | None, still: str) -> None:
    """Whatever waits before it, as far as is known."""
    measured_at = None if silent is None else NOW - timedelta(seconds=silent)
    of = PlatformWatermark.of({**row(45, 45, 45), "store_backlog": 0, "store_measured_at": measured_at})
    assert stands_still(of, NOW) == still


@pytest.mark.parametrize(
    ("aggregated", "silent", "still"),
    [
        (None, 121, "aggregate"),  # it ended before anything had passed it, and no moment will ever lag
        (None, 120, None),
        (None, None, None),  # it has not begun
        (2, 121, "aggregate"),
        (121, 0, "aggregate"),
    ],
)
def test_an_aggregate_that_measures_nothing_any_more_stands(
    aggregated: int | None, silent: int | None, still: str | None
) -> None:
    """Whether or not anything waits for it, and whether or not it is known how far it has come."""
    measured_at = None if silent is None else NOW - timedelta(seconds=silent)
    of = PlatformWatermark.of({**row(1, 2, aggregated), "aggregate_measured_at": measured_at})
    assert stands_still(of, NOW) == still


def test_a_silent_aggregate_hides_no_stage_before_it() -> None:
    """The first on the way of a reading is the one to look at."""
    silent = {"aggregate_measured_at": NOW - timedelta(hours=1)}
    assert stands_still(PlatformWatermark.of({**row(1, 61, None), **silent}), NOW) == "store"
    assert stands_still(PlatformWatermark.of({**row(31, 31, None), **silent}), NOW) == "receive"


def lags(*stored: int | None, every: int = 10) -> list[str | None]:
    """Whether the store stands still, look by look; the other stages keep up with every look."""
    movement = Movement()
    found: list[str | None] = []
    for number, lag in enumerate(stored):
        at = NOW + timedelta(seconds=number * every)
        moments = dict.fromkeys(("received_until", "aggregated_until", "measured_at"), at)
        reported = row(1, 1, 1) | moments | {"stored_until": None if lag is None else at - timedelta(seconds=lag)}
        found.append(movement.still(PlatformWatermark.of(reported), at))
    return found


def test_a_stage_that_works_off_a_backlog_does_not_stand_still() -> None:
    """An import of years lies before the marks in the log: they come on, however late they are."""
    assert lags(50, 59, 68, 77, 300, 305, 200, 20) == [None] * 8


def test_a_stage_that_lags_and_does_not_come_on_stands_still() -> None:
    """As soon as it has not moved for as long as it may lag."""
    assert lags(60, *range(70, 100, 10)) == [None, *["store"] * 3]
    assert lags(55, *range(60, 160, 10)) == [*[None] * 8, *["store"] * 3]
    assert lags(300, 305, 315, 325, 335, 345, 355, 365, 375) == ["store", *[None] * 7, "store"]


def test_who_looks_for_the_first_time_or_seldom_judges_by_the_lag_alone() -> None:
    """It may have moved long before and stand since."""
    assert lags(300) == ["store"]
    assert lags(300, 290, 280, every=3600) == ["store"] * 3
    assert lags(None, 300, 299) == [None, "store", None]
