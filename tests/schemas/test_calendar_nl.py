"""Public holidays of the Netherlands, by rule; sources: the Gregorian computus, and the calendar of the government."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from schemas.calendar_nl import FIRST_YEAR, LAST_YEAR, by_rule, entries, good_friday, public_holidays
from schemas.registry import Calendar, CalendarEntry

pytestmark = pytest.mark.pure


def day(name: str, year: int) -> date:
    """Give the day of a holiday."""
    (found,) = (day for named, day in public_holidays(year) if named == name)
    return found


@pytest.mark.parametrize(
    "sunday",
    [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),  # the latest there is
        date(2049, 4, 18),  # the moon's exception
        date(2076, 4, 19),  # likewise
        date(2100, 3, 28),
    ],
    ids=str,
)
def test_easter_by_the_gregorian_computus(sunday: date) -> None:
    """Published dates, the latest and the two exceptions of the rule among them, and what follows from them."""
    assert day("Eerste paasdag", sunday.year) == sunday
    assert day("Hemelvaartsdag", sunday.year) == sunday + timedelta(days=39)
    assert day("Eerste pinksterdag", sunday.year) == sunday + timedelta(days=49)
    assert good_friday(sunday.year) == sunday - timedelta(days=2)


def test_every_year_of_the_calendar_has_its_ten_days() -> None:
    """Easter is a Sunday between its borders, and Liberation Day is one in every year, not in every fifth only."""
    names = {name for name, _ in public_holidays(2026)}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        sunday = day("Eerste paasdag", year)
        assert sunday.weekday() == 6
        assert date(year, 3, 22) <= sunday <= date(year, 4, 25)
        assert day("Bevrijdingsdag", year) == date(year, 5, 5)
        assert {name for name, _ in public_holidays(year)} == names
        assert len(public_holidays(year)) == 10


def test_public_holidays_of_2026_as_the_government_lists_them() -> None:
    """Ten days; Koningsdag is the Monday, and Whit Monday falls in May."""
    assert dict(public_holidays(2026)) == {
        "Nieuwjaarsdag": date(2026, 1, 1),
        "Eerste paasdag": date(2026, 4, 5),
        "Tweede paasdag": date(2026, 4, 6),
        "Koningsdag": date(2026, 4, 27),
        "Bevrijdingsdag": date(2026, 5, 5),
        "Hemelvaartsdag": date(2026, 5, 14),
        "Eerste pinksterdag": date(2026, 5, 24),
        "Tweede pinksterdag": date(2026, 5, 25),
        "Eerste kerstdag": date(2026, 12, 25),
        "Tweede kerstdag": date(2026, 12, 26),
    }
    assert good_friday(2026) == date(2026, 4, 3)


@pytest.mark.parametrize(("year", "of_april"), [(2014, 26), (2024, 27), (2025, 26), (2026, 27), (2027, 27), (2031, 26)])
def test_kings_day_is_never_a_sunday(year: int, of_april: int) -> None:
    """27 April, or the Saturday before."""
    assert day("Koningsdag", year) == date(year, 4, of_april)


def test_holidays_are_in_order_also_where_two_meet() -> None:
    """In 2016 Ascension was Liberation Day."""
    for year in range(2014, 2101):
        assert all(one[1] <= other[1] for one, other in pairwise(public_holidays(year)))
    assert [name for name, day in public_holidays(2016) if day == date(2016, 5, 5)] == [
        "Bevrijdingsdag",
        "Hemelvaartsdag",
    ]


def test_a_calendar_is_written_out() -> None:
    """Holidays of all its years with ids of their own, Good Friday where asked for and then as what it is."""
    plain = list(by_rule(Calendar(public_holidays="nl", years=(2024, 2026))))
    assert len({one.id for one in plain}) == len(plain) == 30
    assert {one.kind for one in plain} == {"public_holiday"}
    assert {one.effect for one in plain} == {"annotate"}
    more = [*by_rule(Calendar(public_holidays="nl", years=(2024, 2026), good_friday=True))]
    assert [one.id for one in more if one.kind == "event"] == [f"goede-vrijdag-{year}" for year in (2024, 2025, 2026)]
    assert list(by_rule(Calendar())) == []


def test_school_holidays_of_other_regions_are_not_ours() -> None:
    """A file may hold those of all regions."""
    week = CalendarEntry(
        id="noord", kind="school_holiday", name="Vakantie", region="noord", first_day=date(2026, 2, 21),
        last_day=date(2026, 2, 21) + timedelta(days=8),
    )  # fmt: skip
    south = CalendarEntry(
        id="zuid", kind="school_holiday", name="V", region="zuid", first_day=week.first_day, last_day=week.last_day
    )
    assert [one.id for one in entries(Calendar(entry=[week, south]), "noord")] == ["noord"]
    assert [one.id for one in entries(Calendar(entry=[week, south]), "zuid")] == ["zuid"]
