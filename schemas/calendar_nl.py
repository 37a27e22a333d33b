"""The public holidays of the Netherlands by rule, and a municipality's calendar written out day by day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from schemas.registry import Calendar, CalendarEntry, SchoolRegion

FIRST_YEAR: Final = 2014
"""Koningsdag exists since then; before, it was Koninginnedag on another day."""
LAST_YEAR: Final = 2100
_SUNDAY: Final = 6
_ONE_DAY: Final = timedelta(days=1)
_LIBERATION: Final = "Nationale feestdag; veel werkgevers geven alleen in lustrumjaren vrij."
_GOOD_FRIDAY: Final = "Geen officiële feestdag; telt als gewone dag."


def easter(year: int) -> date:
    """Find Easter Sunday by the Gregorian computus, in the form of Meeus, Jones and Butcher."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3  # what the moon runs ahead of the golden number
    epact = (19 * golden + century - leaps - moon + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year: int) -> list[tuple[str, date]]:
    """Name the public holidays of a year in their order; two of them may fall on one day."""
    sunday = easter(year)
    named = [
        ("Nieuwjaarsdag", date(year, 1, 1)),
        ("Eerste paasdag", sunday),
        ("Tweede paasdag", sunday + _ONE_DAY),
        ("Koningsdag", kings_day(year)),
        ("Bevrijdingsdag", date(year, 5, 5)),
        ("Hemelvaartsdag", sunday + timedelta(days=39)),
        ("Eerste pinksterdag", sunday + timedelta(days=49)),
        ("Tweede pinksterdag", sunday + timedelta(days=50)),
        ("Eerste kerstdag", date(year, 12, 25)),
        ("Tweede kerstdag", date(year, 12, 26)),
    ]
    return sorted(named, key=lambda one: one[1])


def kings_day(year: int) -> date:
    """Give Koningsdag: 27 April, the Saturday before where that is a Sunday."""
    day = date(year, 4, 27)
    return day - _ONE_DAY if day.weekday() == _SUNDAY else day


def good_friday(year: int) -> date:
    """Give Good Friday, which is no public holiday here."""
    return easter(year) - timedelta(days=2)


def entries(calendar: Calendar, region: SchoolRegion) -> list[CalendarEntry]:
    """Write a calendar out: holidays by rule, and its own entries without the school holidays of other regions."""
    own = [one for one in calendar.entry if one.region in {None, region}]
    return [*by_rule(calendar), *own]


def by_rule(calendar: Calendar) -> Iterator[CalendarEntry]:
    """Write out what the calendar has by rule, as far as the rule goes."""
    if calendar.years is None or not calendar.public_holidays:
        return
    first, last = calendar.years
    for year in range(max(first, FIRST_YEAR), min(last, LAST_YEAR) + 1):
        for name, day in public_holidays(year):
            yield _day(name, day, "public_holiday", _LIBERATION if name == "Bevrijdingsdag" else "")
        if calendar.good_friday:
            yield _day("Goede Vrijdag", good_friday(year), "event", _GOOD_FRIDAY)


def _day(name: str, day: date, kind: str, note: str) -> CalendarEntry:
    id_ = f"{name.lower().replace(' ', '-')}-{day.year}"
    return CalendarEntry(id=id_, kind=kind, name=name, first_day=day, last_day=day, note=note)  # type: ignore[arg-type] # two of its words
