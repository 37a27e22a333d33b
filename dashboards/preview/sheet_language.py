"""Numbers, days and words of a sheet, in the language of its dashboard and in the time zone of its owners."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from locales import DEFAULT, LOCALES, Texts, texts

_TAG: Final = "taal:"
_MINUS: Final = "\u2212"


@dataclass(frozen=True)
class SheetLanguage:
    """One language and one zone."""

    locale: str
    zone: ZoneInfo

    @cached_property
    def words(self) -> Texts:
        """The texts of the language."""
        return texts(self.locale)

    @cached_property
    def _separators(self) -> dict[int, str]:
        return str.maketrans({",": get_group_symbol(self.locale), ".": get_decimal_symbol(self.locale), "-": _MINUS})

    def decimal(self, value: float, digits: int = 0, *, grouped: bool = False) -> str:
        """Write a number with so many decimals, with separators between its thousands where it is `grouped`.

        A half is rounded away from zero, as browsers do.
        """
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        text = f"{rounded:{',' if grouped else ''}f}"
        return (text.removeprefix("-") if not text.strip("-0.,") else text).translate(self._separators)

    def clock(self, at: datetime) -> str:
        """Write a time of the day: 10:07."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def day(self, at: datetime) -> str:
        """Write a day briefly: 27 okt."""
        return _date(at.astimezone(self.zone).date(), "d MMM", self.locale)

    def month(self, at: datetime) -> str:
        """Write a month briefly: okt 2026."""
        return _date(at.astimezone(self.zone).date(), "MMM y", self.locale)

    def instant(self, at: datetime) -> str:
        """Write an instant: 27 oktober 2026 10:07."""
        return f"{_date(at.astimezone(self.zone).date(), 'd MMMM y', self.locale)} {self.clock(at)}"


def of_tags(tags: list[str], zone: ZoneInfo) -> SheetLanguage:
    """Take the language from the tag `taal:nl` or `taal:en` of a dashboard, the default where it has none."""
    named = [tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG)]
    return SheetLanguage(next((one for one in named if one in LOCALES), DEFAULT), zone)


@lru_cache(maxsize=4096)
def _date(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale)
