"""The flags of a period are those of its days, each with the number of days that have it."""

from datetime import date

import pytest

from schemas.quality_flags import DEAD, MAINTENANCE, STATUS_SUSPECT
from streams.domain.indicators.flagged_days import PeriodFlags, of_period
from streams.domain.periods import Period

pytestmark = pytest.mark.pure

MAY = Period("month", date(2026, 5, 1), date(2026, 5, 31))


def test_days_within_a_period_are_combined_and_counted() -> None:
    """First and last day among them; what lies outside is not."""
    flagged = {
        date(2026, 4, 30): STATUS_SUSPECT,
        date(2026, 5, 1): DEAD,
        date(2026, 5, 2): DEAD | MAINTENANCE,
        date(2026, 5, 31): MAINTENANCE,
        date(2026, 6, 1): STATUS_SUSPECT,
    }
    assert of_period(flagged, MAY) == PeriodFlags(DEAD | MAINTENANCE, {"dead": 2, "maintenance": 2})


def test_without_flags_there_is_nothing() -> None:
    """Neither a bit nor a name."""
    assert of_period({}, MAY) == PeriodFlags(0, {})
