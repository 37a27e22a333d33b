"""Numbers with their unit, as Grafana writes them, with the separators of a language."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import floor, isfinite, log10
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from babel.units import format_unit

from dashboards.preview.sheet_language import SheetLanguage

UnitWriter: TypeAlias = Callable[[float, int | None, SheetLanguage], str]

_DIGITS: Final = 3
"""Of a number that says nothing of its decimals, so many digits are shown."""
_THOUSANDS: Final = ("", " K", " Mil", " Bil", " Tri", " Quadr")
_PREFIXES: Final = (" n", " \u00b5", " m", " ", " k", " M", " G")
_NONE: Final = _PREFIXES.index(" ")
_TIMES: Final = (
    (31_536_000.0, "year"),
    (604_800.0, "week"),
    (86_400.0, "day"),
    (3_600.0, "hour"),
    (60.0, "minute"),
    (1.0, "second"),
)


def written(value: float, unit: str, decimals: int | None, language: SheetLanguage) -> str:
    """Write a number of a unit; a unit that Grafana does not know stands behind the number, as it does there."""
    if not isfinite(value):
        return str(value)
    writer = _UNITS.get(unit)
    if writer is not None:
        return writer(value, decimals, language)
    kind, separator, text = unit.partition(":")
    if separator and kind in {"suffix", "prefix"}:
        number = _plain(value, decimals, language)
        return f"{number}{text}" if kind == "suffix" else f"{text}{number}"
    if kind == "time" and separator:
        return _iso(value, decimals, language)
    return f"{_plain(value, decimals, language)} {unit}" if unit else _plain(value, decimals, language)


def instant(at: datetime, unit: str, language: SheetLanguage) -> str:
    """Write an instant as a unit of dates has it, or as Grafana does where the unit is none of those."""
    local = at.astimezone(language.zone)
    if unit in {"dateTimeAsLocal", "dateTimeAsSystem"}:
        return language.instant(at)
    if unit == "dateTimeAsUS":
        return f"{local:%m/%d/%Y %I:%M:%S %p}".lower()
    return f"{local:%Y-%m-%d %H:%M:%S}"


def digits(value: float) -> int:
    """Say with how many decimals Grafana writes a number: three digits in all, whole numbers without any."""
    if value == 0 or float(value).is_integer():
        return 0
    return max(0, _DIGITS - 1 - floor(log10(abs(value))))


def _plain(value: float, decimals: int | None, language: SheetLanguage) -> str:
    return language.decimal(value, digits(value) if decimals is None else decimals)


def _locale(value: float, decimals: int | None, language: SheetLanguage) -> str:
    return language.decimal(value, min(_DIGITS, digits(value)) if decimals is None else decimals, grouped=True)


def _scaled(value: float, decimals: int | None, language: SheetLanguage) -> str:
    power = 0 if value == 0 else min(len(_THOUSANDS) - 1, max(0, floor(log10(abs(value)) / 3 + 1e-12)))
    return _plain(value / 1000**power, decimals, language) + _THOUSANDS[power]


def _si(symbol: str, offset: int = 0) -> UnitWriter:
    """Write with the prefix that leaves one to three digits, of a number that comes in `offset` thousands."""

    def write(value: float, decimals: int | None, language: SheetLanguage) -> str:
        power = 0 if value == 0 else floor(log10(abs(value)) / 3 + 1e-12)
        power = min(len(_PREFIXES) - 1 - _NONE - offset, max(-_NONE - offset, power))
        number = _plain(value / 1000.0**power, decimals, language)
        return f"{number}{_PREFIXES[_NONE + offset + power]}{symbol}"

    return write


def _behind(suffix: str, factor: float = 1) -> UnitWriter:
    """Write a number, times a factor, with a suffix."""
    return lambda value, decimals, language: f"{_plain(value * factor, decimals, language)}{suffix}"


def _percentunit(value: float, decimals: int | None, language: SheetLanguage) -> str:
    number = round(value * 100, 10)
    return f"{_plain(number, decimals, language)}%"


def _seconds(value: float, decimals: int | None, language: SheetLanguage) -> str:
    size, name = next((one for one in _TIMES if abs(value) >= one[0]), _TIMES[-1])
    number = value / size
    rounded = round(number, digits(number) if decimals is None else decimals)
    whole = int(rounded) if float(rounded).is_integer() else rounded
    length: Literal["short", "long"] = "short" if name in {"minute", "second"} else "long"
    return format_unit(whole, f"duration-{name}", length=length, locale=language.locale)


def _iso(value: float, _: int | None, language: SheetLanguage) -> str:
    return instant(datetime.fromtimestamp(value / 1000, UTC), "dateTimeAsIso", language)


def _yes_or_no(value: float, _: int | None, language: SheetLanguage) -> str:
    return language.words("preview.yes" if value else "preview.no")


_UNITS: Final[Mapping[str, UnitWriter]] = MappingProxyType(
    {
        "": _plain,
        "none": _plain,
        "string": _plain,
        "short": _scaled,
        "sishort": _scaled,
        "locale": _locale,
        "percent": _behind("%"),
        "percentunit": _percentunit,
        "humidity": _behind("%H"),
        "lengthm": _si("m"),
        "lengthkm": _si("m", 1),
        "conμgm3": _behind(" μg/m³"),
        "conmgm3": _behind(" mg/m³"),
        "celsius": _behind(" °C"),
        "degree": _behind("°"),
        "velocitykmh": _behind(" km/h"),
        "velocityms": _behind(" m/s"),
        "s": _seconds,
        "ms": lambda value, decimals, language: (
            _seconds(value / 1000, decimals, language)
            if abs(value) >= 1000  # noqa: PLR2004 - a second
            else f"{_plain(value, decimals, language)} ms"
        ),
        "m": lambda value, decimals, language: _seconds(value * 60, decimals, language),
        "h": lambda value, decimals, language: _seconds(value * 3_600, decimals, language),
        "d": lambda value, decimals, language: _seconds(value * 86_400, decimals, language),
        "volt": _si("V"),
        "bool_yes_no": _yes_or_no,
        "dateTimeAsIso": _iso,
        "dateTimeAsIsoNoDateIfToday": _iso,
    }
)
"""Units by Grafana's name of them."""


def brief(value: float, unit: str, language: SheetLanguage) -> str:
    """Write a number of an axis: with no more decimals than it has, and three at most."""
    comma = language.decimal(0, 1)[1]
    text = written(value, unit, _DIGITS, language)
    return re.sub(rf"{re.escape(comma)}(\d*?)0*(?!\d)", lambda found: found[1] and f"{comma}{found[1]}", text)
