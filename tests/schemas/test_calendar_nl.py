"""Public holidays of the Netherlands, by rule; sources: the Gregorian computus, and the calendar of the government."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from schemas.calendar_nl import by_rule, easter, entries, good_friday, kings_day, public_holidays
from schemas.registry import Calendar, CalendarEntry

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "sunday",
    [
        date(1818, 3, 22),  # the earliest there is
        date(1943, 4, 25),  # the latest there is
        date(1954, 4, 18),  # the moon's exception
        date(1981, 4, 19),  # likewise
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ],
    ids=str,
)
def test_easter_by_the_gregorian_computus(sunday: date) -> None:
    """Published dates, the borders and the two exceptions of the rule among them."""
    assert easter(sunday.year) == sunday


def test_easter_is_a_sunday_between_its_borders() -> None:
    """In every year of the calendar, and the whole cycle holds no other date."""
    for year in range(1583, 4100):
        found = easter(year)
        assert found.weekday() == 6
        assert date(year, 3, 22) <= found <= date(year, 4, 25)


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


@pytest.mark.parametrize(("year", "day"), [(2014, 26), (2024, 27), (2025, 26), (2026, 27), (2027, 27), (2031, 26)])
def test_kings_day_is_never_a_sunday(year: int, day: int) -> None:
    """27 April, or the Saturday before."""
    assert kings_day(year) == date(year, 4, day)


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
