"""Numbers, days and times as readers of a language write them: 1.234,5 in Dutch, 1,234.5 in English."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

ABSENT: Final = "\u2013"
_MINUS: Final = "\u2212"


@dataclass(frozen=True)
class NumberFormat:
    """How one locale writes; a page has hundreds of numbers, so that its separators are looked up once."""

    locale: str

    @cached_property
    def _separators(self) -> dict[int, str]:
        return str.maketrans({",": get_group_symbol(self.locale), ".": get_decimal_symbol(self.locale), "-": _MINUS})

    def decimal(self, value: float | None, digits: int = 0) -> str:
        """Write a number with separators between thousands and before decimals; a missing one is a dash."""
        return ABSENT if value is None else f"{value:,.{digits}f}".translate(self._separators)

    def percent(self, fraction: float | None, digits: int = 0) -> str:
        """Write a fraction as a percentage, with a space that does not break."""
        return ABSENT if fraction is None else f"{self.decimal(fraction * 100, digits)}\u00a0%"

    def coverage(self, fraction: float | None) -> str:
        """Write a coverage; what is not whole never rounds up to 100 %."""
        if fraction is None:
            return ABSENT
        return self.percent(min(fraction, 0.99) if fraction < 1 else 1.0)

    def signed(self, change: float | None, digits: int = 0) -> str:
        """Write a change with its sign: + 4 %."""
        if change is None:
            return ABSENT
        return "\u00a0".join(("+" if change >= 0 else _MINUS, self.percent(abs(change), digits)))

    def day(self, value: date) -> str:
        """Write a day: dinsdag 27 oktober 2026."""
        return _date(value, "EEEE d MMMM y", self.locale)

    def plain_day(self, value: date) -> str:
        """Write a day without its name: 27 oktober 2026."""
        return _date(value, "d MMMM y", self.locale)

    def short_day(self, value: date) -> str:
        """Write a day briefly: di 27 okt."""
        return _date(value, "EEE d MMM", self.locale)

    def whole_day(self, value: date) -> str:
        """Write a day with its year, briefly: di 27 okt 2026."""
        return _date(value, "EEE d MMM y", self.locale)

    def brief_day(self, value: date) -> str:
        """Write a day as briefly as can be: 27 okt '26."""
        return _date(value, "d MMM ''yy", self.locale)

    def month(self, value: date) -> str:
        """Write a month: oktober 2026."""
        return _date(value, "MMMM y", self.locale)

    def short_month(self, value: date) -> str:
        """Write a month briefly: okt 2026."""
        return _date(value, "MMM y", self.locale)

    def short_weekday(self, value: date) -> str:
        """Name the day of the week briefly."""
        return _date(value, "EEE", self.locale)

    def short_month_name(self, value: date) -> str:
        """Name the month briefly, without its year."""
        return _date(value, "LLL", self.locale)

    def weekday(self, value: date) -> str:
        """Name the day of the week."""
        return _date(value, "EEEE", self.locale)


def clock(value: datetime, zone: ZoneInfo) -> str:
    """Write the local time of an instant, in all languages alike: 10:07."""
    return f"{value.astimezone(zone):%H:%M}"


@lru_cache(maxsize=4096)
def _date(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale)
