"""Numbers as Dutch readers write them: 1.234,5."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_SWAP: Final = str.maketrans({",": ".", ".": ","})
_MONTHS: Final = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_DAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
ABSENT: Final = "\u2013"


def decimal(value: float | None, digits: int = 0) -> str:
    """Write a number with dots between thousands and a decimal comma; a missing one is a dash."""
    return ABSENT if value is None else f"{value:,.{digits}f}".translate(_SWAP).replace("-", "\u2212")


def percent(fraction: float | None, digits: int = 0) -> str:
    """Write a fraction as a percentage, with a space that does not break."""
    return ABSENT if fraction is None else f"{decimal(fraction * 100, digits)}\u00a0%"


def coverage(fraction: float | None) -> str:
    """Write a coverage; what is not whole never rounds up to 100 %."""
    if fraction is None:
        return ABSENT
    return percent(min(fraction, 0.99) if fraction < 1 else 1.0)


def day(value: date) -> str:
    """Write a day: dinsdag 27 oktober 2026."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Write a day briefly: di 27 okt."""
    return f"{_DAYS[value.weekday()][:2]} {value.day} {_MONTHS[value.month - 1][:3]}"


def month(value: date) -> str:
    """Write a month: oktober 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """Name the day of the week."""
    return _DAYS[value.weekday()]


def clock(value: datetime, zone: ZoneInfo) -> str:
    """Write the local time of an instant: 10:07."""
    return f"{value.astimezone(zone):%H:%M}"


def signed(change: float | None) -> str:
    """Write a change with its sign: + 4 %."""
    if change is None:
        return ABSENT
    sign = "+" if change >= 0 else "\u2212"
    return "\u00a0".join((sign, percent(abs(change))))
