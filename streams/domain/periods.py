"""The periods of indicators: months, years, and the twelve months up to a month, as ranges of local days."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12


class Period(NamedTuple):
    """Local days from `first_day` to `last_day`, both included; `kind` is a word of table `indicator_value`."""

    kind: str
    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        """Return the number of its calendar days."""
        return (self.last_day - self.first_day).days + 1

    def holds(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.first_day <= day <= self.last_day


def months(year: int) -> Iterator[Period]:
    """Return the twelve months of a year."""
    for month in range(1, _MONTHS + 1):
        yield Period("month", date(year, month, 1), _last_of(year, month))


def whole_year(year: int) -> Period:
    """Return a calendar year."""
    return Period("year", date(year, 1, 1), date(year, 12, 31))


def rolling_years(year: int) -> Iterator[Period]:
    """Return the twelve months that end with each month of a year."""
    for month in range(1, _MONTHS + 1):
        first = date(year, 1, 1) if month == _MONTHS else date(year - 1, month + 1, 1)
        yield Period("rolling_year", first, _last_of(year, month))


def year_to_date(year: int, last_day: date) -> Period:
    """Return a year up to a day of it."""
    return Period("year_to_date", date(year, 1, 1), last_day)


def _last_of(year: int, month: int) -> date:
    following = date(year + 1, 1, 1) if month == _MONTHS else date(year, month + 1, 1)
    return following - _DAY
