"""The public holidays of the Netherlands by rule, and an owner's calendar written out day by day."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import holidays

from schemas.registry import Calendar, CalendarEntry, SchoolRegion

FIRST_YEAR: Final = 2014
"""The first year with Koningsdag; before, it was Koninginnedag on another day."""
LAST_YEAR: Final = 2100
_CATEGORIES: Final = (holidays.PUBLIC, holidays.OPTIONAL)
"""Of the library: Liberation Day is optional but in every fifth year, as not every employer grants it."""

_LIBERATION: Final = "Nationale feestdag; veel werkgevers geven alleen in lustrumjaren vrij."
_GOOD_FRIDAY: Final = "Geen officiële feestdag; telt als gewone dag."


def public_holidays(year: int) -> list[tuple[str, date]]:
    """Return the public holidays of a year in order, with their names; two of them may fall on one day."""
    return [(name, day) for name, day in _listed(year) if not _is_good_friday(name)]


def good_friday(year: int) -> date:
    """Return Good Friday, which is no public holiday here, though the library lists it."""
    return next(day for name, day in _listed(year) if _is_good_friday(name))


def _listed(year: int) -> list[tuple[str, date]]:
    days = holidays.country_holidays("NL", years=year, language="nl", categories=_CATEGORIES)
    return [(name, day) for day in sorted(days) for name in days.get_list(day)]


def _is_good_friday(name: str) -> bool:
    return name.lower() == "goede vrijdag"


def entries(calendar: Calendar, region: SchoolRegion) -> list[CalendarEntry]:
    """Return the entries of a calendar: holidays by rule, and its own without the school holidays of other regions."""
    own = [one for one in calendar.entry if one.region in {None, region}]
    return [*by_rule(calendar), *own]


def by_rule(calendar: Calendar) -> Iterator[CalendarEntry]:
    """Return the entries that a calendar has by rule, in the years of the rule."""
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
