"""As of a moment: a bucket that was not over has no number, one without a version says so, the rest stands."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from opendata.read.air import AirHour
from opendata.read.buckets import known_at
from opendata.reasons import text
from opendata.v1 import as_of
from opendata.v1.problems import MistakesError

pytestmark = pytest.mark.pure

START = datetime(2026, 10, 14, 6, tzinfo=UTC)
END = START + timedelta(hours=1)
NOW = START + timedelta(days=9)
ROW = AirHour(
    started_at=START,
    ended_at=END,
    day=None,
    quantity="pm25",
    value=42,
    valid=4,
    expected=4,
    origins=("measured",),
    revision=3,
    revised_at=END + timedelta(minutes=10),
    reason=None,
    quality_flags=0,
    basis={"kits": 3},
    rule="air-1",
)


def test_now_is_as_it_is() -> None:
    """Without a moment nothing is changed."""
    assert known_at(ROW, None) is ROW
    assert as_of.of(None, NOW).word is None


def test_before_the_end_of_a_bucket_there_is_no_number() -> None:
    """Its place and quantity stay, what was expected too."""
    row = known_at(ROW, END - timedelta(seconds=1))
    assert (row.value, row.valid, row.revision, text(row.reason)) == (None, 0, 0, "toen nog niet afgesloten")
    assert (row.basis, row.revised_at) == (None, None)
    assert (row.started_at, row.expected, row.quantity, row.rule) == (START, 4, "pm25", "air-1")


def test_from_the_end_on_it_is_what_stood() -> None:
    """To the second."""
    assert known_at(ROW, END) is ROW
    without = known_at(replace(ROW, revised_at=None), END)
    assert text(without.reason) == "toen nog geen cijfer"


def test_the_future_has_no_past() -> None:
    """It names the parameter."""
    with pytest.raises(MistakesError) as refused:
        as_of.of(NOW + timedelta(seconds=1), NOW)
    assert refused.value.mistakes[0].parameter == "peilTijd"
