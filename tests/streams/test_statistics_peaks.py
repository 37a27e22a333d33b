"""The peak-hour factor: the vector of the handbook, and which hour of a period it is of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.statistics.peaks import PeakHour, of_busiest_hour, peak_hour_factor

pytestmark = pytest.mark.pure

DAY = date(2026, 5, 12)


def test_handbook_section_4_peak_hour_factor() -> None:
    """96 in an hour of which the busiest quarter had 31."""
    assert peak_hour_factor(96, 31) == pytest.approx(0.774194, abs=1e-6)


def test_of_a_period_the_busiest_hour_counts() -> None:
    """Not the sharpest one, and not the mean of factors."""
    hours = [PeakHour(DAY, 40, 40), PeakHour(date(2026, 5, 13), 96, 31), PeakHour(DAY, 95, 25)]
    found = of_busiest_hour(hours)
    assert found.value == pytest.approx(0.774194, abs=1e-6)
    assert found.basis == {"day": "2026-05-13", "total": 96, "quarter": 31}


def test_of_equally_busy_hours_the_sharpest_and_first_is_taken() -> None:
    """So that the answer does not depend on the order."""
    hours = [PeakHour(DAY, 96, 31), PeakHour(date(2026, 5, 11), 96, 31), PeakHour(DAY, 96, 30)]
    assert of_busiest_hour(hours) == of_busiest_hour(reversed(hours))
    assert of_busiest_hour(hours).basis["day"] == "2026-05-11"


def test_without_hours_or_without_passages_there_is_no_factor() -> None:
    """Each for its own reason."""
    assert of_busiest_hour([]).withheld == reason("no_whole_hour")
    assert of_busiest_hour([PeakHour(DAY, 0, 0)]).withheld == reason("nobody_counted")
    assert peak_hour_factor(0, 0) is None


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4).filter(any))
def test_a_factor_lies_between_a_quarter_and_one(quarters: list[int]) -> None:
    """All in one quarter, or evenly spread."""
    found = peak_hour_factor(sum(quarters), max(quarters))
    assert found is not None
    assert 0.25 <= found <= 1
