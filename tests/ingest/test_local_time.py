"""Local stamps on the night with an hour twice, in files that run forwards, backwards, or neither way."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.local_time import SlotTwiceError, slots
from ingest.history.profile import HOUR, QUARTER, SAMEN_METEN, TELRAAM_EXPORT
from ingest.history.unreadable import FileUnreadableError
from tests.ingest.offered import outcomes, values
from tests.ingest.right_files import FIXTURES

pytestmark = pytest.mark.pure

ASSEN = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 10, 24, 20, tzinfo=UTC)
WINTER = datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_a_telraam_export_newest_first_is_turned_round() -> None:
    """02:00 of summer time is 11 and 02:00 of winter time 22: the file runs backwards."""
    content = (FIXTURES / "i14-telraam-autumn-newest-first.csv").read_bytes()
    assert values(outcomes("telraam-csv", content), "bike/60min") == {
        "10-24 23:00": 3, "10-25 00:00": 11, "10-25 01:00": 22, "10-25 02:00": 5,
    }  # fmt: skip


def test_hours_of_a_kit_newest_first_are_turned_round_with_labels_at_their_end() -> None:
    """The hour that ends at 02:00 summer time begins at 23:00 UTC."""
    content = (FIXTURES / "i15-samen-meten-autumn.csv").read_bytes()
    assert values(outcomes("samen-meten", content), "pm25") == {
        "10-24 22:00": 1, "10-24 23:00": 11, "10-25 00:00": 22, "10-25 01:00": 33, "10-25 02:00": 4,
    }  # fmt: skip


def test_rows_that_are_sorted_neither_way_are_refused_where_nothing_tells() -> None:
    """With the line of the first of the two; without an hour twice any order is read."""
    head, three, winter, summer, one = (
        (FIXTURES / "i14-telraam-autumn-newest-first.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    )
    with pytest.raises(
        FileUnreadableError, match=r"line 3, column 3: .*comes twice in rows that are sorted neither way"
    ):
        outcomes("telraam-csv", head + three + winter + summer + one.replace("01:00", "05:00"))
    with pytest.raises(FileUnreadableError, match="sorted neither way"):
        outcomes("telraam-csv", head + winter + summer)
    assert outcomes("telraam-csv", head + three + one + winter)


@given(missing=st.sets(st.integers(1, 39), max_size=12), backwards=st.booleans(), quarters=st.booleans())
def test_any_sorted_night_comes_back_as_it_was(missing: set[int], *, backwards: bool, quarters: bool) -> None:
    """Whatever is missing of it; of two equal stamps that are one, nothing tells, and it is taken for summer time."""
    step = QUARTER if quarters else HOUR
    moments = [START + number * step for number in range(41) if number not in missing]
    if backwards:
        moments.reverse()
    stamps = [at.astimezone(ASSEN).replace(tzinfo=None, fold=0) for at in moments]
    place = slots(replace(TELRAAM_EXPORT, interval=step), stamps)
    expected = [at - HOUR if WINTER <= at < WINTER + HOUR and at - HOUR not in moments else at for at in moments]
    assert [place(stamp).started_at for stamp in stamps] == expected


def test_a_third_of_equal_stamps_is_one_too_many() -> None:
    """And so is a second one of any other hour."""
    twice = [datetime(2026, 10, 25, hour) for hour in (1, 2, 2, 2)]
    place = slots(SAMEN_METEN, twice)
    for stamp in twice[:3]:
        place(stamp)
    with pytest.raises(SlotTwiceError, match="comes twice"):
        place(twice[3])
