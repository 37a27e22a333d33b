"""Times in questions are RFC 3339 with an offset, to the letter."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.v1.instants import read, read_bound

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-12T06:00:00Z", datetime(2026, 5, 12, 6, tzinfo=UTC)),
        ("2026-05-12t08:00:00+02:00", datetime(2026, 5, 12, 6, tzinfo=UTC)),
        ("2026-05-12T06:00:00.123456789Z", datetime(2026, 5, 12, 6, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(text: str, instant: datetime) -> None:
    """Any offset goes in; nanoseconds are cut, never rounded into the next interval."""
    assert read(text) == instant


@pytest.mark.parametrize(
    "text",
    ["2026-05-12", "2026-05-12T06:00:00", "1778566500", "2026-W20-2T06:00:00Z", "2026-02-30T06:00:00Z", "nan",
     "٢٠٢٦-05-12T06:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", " 2026-05-12T06:00:00Z",
     "2026-05-12T24:00:00Z", "2026-05-12T06:00:60Z", ""],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """Dates, naive times, epochs, week dates and times that do not exist."""
    with pytest.raises(ValueError, match=r"verwacht|bestaat niet"):
        read(text)


def test_a_plus_that_became_a_space_is_explained() -> None:
    """The commonest mistake with offsets in addresses."""
    with pytest.raises(ValueError, match="%2B"):
        read("2026-05-12T08:00:00 02:00")


def test_an_end_of_a_period_may_be_a_plain_day() -> None:
    """A real one, written in full."""
    assert read_bound("2026-11-23") == date(2026, 11, 23)
    assert read_bound("2026-11-23T00:00:00+01:00") == datetime(2026, 11, 22, 23, tzinfo=UTC)
    for text in ("2026-11-31", "2026-11", "20261123", "1969-12-31", "2026-11-23T00:00"):
        with pytest.raises(ValueError, match=r"verwacht|bestaat niet"):
            read_bound(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It answers or refuses."""
    with suppress(ValueError):
        assert read(text).tzinfo is UTC
