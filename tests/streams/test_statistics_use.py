"""What a path is used for: the vectors of the handbook, holidays, whole weeks and cut-offs."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from schemas.reasons import reason
from streams.domain.statistics.statistic import DayCount
from streams.domain.statistics.use import Classes, RushDay, ami, complete_weeks, use, wwi

pytestmark = pytest.mark.pure

MONDAY = date(2026, 5, 4)
WORK = (1200, 1250, 1230, 1180, 1100, 700, 650)
LEISURE = (400, 420, 410, 390, 430, 900, 1000)


def weeks(counts: Sequence[float], number: int = 4) -> list[DayCount]:
    """Repeat a week from a Monday on."""
    return [DayCount(MONDAY + timedelta(days=day), float(count)) for day, count in enumerate(tuple(counts) * number)]


def rush(number: int = 28) -> list[RushDay]:
    """Make days with 180 + 210 from 07 to 09 h and 70 + 80 from 11 to 13 h."""
    return [RushDay(MONDAY + timedelta(days=day), 180.0 + 210.0, 70.0 + 80.0) for day in range(number)]


def test_handbook_section_4_wwi_of_a_commuter_path() -> None:
    """Weekdays 1200, 1250, 1230, 1180, 1100, weekend 700, 650."""
    assert wwi(weeks(WORK)).value == pytest.approx(0.566275, abs=1e-6)


def test_handbook_section_4_wwi_of_a_recreational_path() -> None:
    """Weekdays 400, 420, 410, 390, 430, weekend 900, 1000."""
    assert wwi(weeks(LEISURE)).value == pytest.approx(2.317073, abs=1e-6)


def test_handbook_section_4_ami_and_its_class() -> None:
    """2.6 in the mornings, and more on weekdays: commuters."""
    found = ami(rush())
    assert found.value == pytest.approx(2.6)
    assert use(wwi(weeks(WORK)).value, found.value) == "utilitarian"


def test_holidays_are_left_out() -> None:
    """Whatever passes on them."""
    busy = [DayCount(MONDAY - timedelta(days=1), 99_999.0), *weeks(WORK)]
    assert wwi(busy, {MONDAY - timedelta(days=1)}) == wwi(weeks(WORK))
    morning = [RushDay(MONDAY - timedelta(days=3), 9_999.0, 1.0), *rush()]
    assert ami(morning, {MONDAY - timedelta(days=3)}) == ami(rush())


def test_four_whole_weeks_are_needed() -> None:
    """A holiday in one of four leaves three."""
    found = wwi(weeks(WORK), {MONDAY})
    assert (found.value, found.withheld) == (None, reason("weeks_below", needed=4))
    assert found.basis == {"days": 27, "weeks": 3}
    assert wwi(weeks(WORK, 5), {MONDAY}).basis["weeks"] == 4
    assert ami(rush(), {MONDAY}).basis == {"days": 19, "weeks": 3}


def test_mornings_need_no_weekend() -> None:
    """A week without its Saturday and Sunday is whole for AMI, and not for WWI."""
    gone = [day for day in weeks(WORK) if day.day.isoweekday() < 6]
    assert wwi(gone).basis["weeks"] == 0
    assert ami([day for day in rush() if day.day.isoweekday() < 6]).value == pytest.approx(2.6)


def test_a_day_whose_hours_are_not_whole_does_not_count() -> None:
    """A gap in the morning is not a quiet morning."""
    torn = [day._replace(morning=None) if day.day == MONDAY else day for day in rush(35)]
    assert ami(torn).basis == {"days": 24, "weeks": 4}


def test_nothing_is_divided_by_nobody() -> None:
    """Counted, and nobody: no ratio."""
    assert wwi(weeks((0, 0, 0, 0, 0, 5, 5))).withheld == reason("nobody_counted")
    assert ami([day._replace(midday=0.0) for day in rush()]).withheld == reason("nobody_counted")


@pytest.mark.parametrize(
    ("weekend", "morning", "expected"),
    [
        (0.57, 2.6, "utilitarian"),
        (2.3, 0.4, "recreational"),
        (2.3, 1.0, "recreational"),
        (0.57, 1.0, "mixed_utilitarian"),
        (0.57, 0.4, "mixed_utilitarian"),
        (1.0, 2.6, "mixed_recreational"),
        (2.3, 2.6, "mixed_recreational"),
        (1.0, 0.4, "mixed_recreational"),
        (None, 2.6, None),
        (0.57, None, None),
    ],
)
def test_handbook_section_4_classes(weekend: float | None, morning: float | None, expected: str | None) -> None:
    """Our default rule, at its bounds; what is mixed leans by its weekends."""
    assert use(weekend, morning) == expected


def test_cut_offs_are_the_owner_s() -> None:
    """No published ones are confirmed."""
    strict = Classes(utilitarian_wwi=0.5, utilitarian_ami=1.5, recreational_wwi=3.0, middle_wwi=0.9)
    assert use(0.57, 2.6, strict) == "mixed_utilitarian"
    assert use(0.95, 2.6, strict) == "mixed_recreational"
    assert use(2.3, 0.4, strict) == "mixed_recreational"
    assert use(0.4, 1.6, strict) == "utilitarian"


def test_weeks_over_new_year_are_one_week() -> None:
    """The ISO week does not end with the year."""
    assert complete_weeks([date(2025, 12, 29) + timedelta(days=day) for day in range(7)], range(1, 8)) == 1
