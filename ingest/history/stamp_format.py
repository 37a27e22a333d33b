"""Stamps in the form that a publisher declares, such as `%d.%m.%Y %H:%M`, with names of months in four languages."""

import re
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from ingest.history.local_time import in_our_times, in_utc

_MONTHS: Final = (
    "january januari januar janvier jan jän janv",
    "february februari februar février feb fév févr",
    "march maart märz mars mar mrt mär mrz",
    "april avril apr avr",
    "may mei mai",
    "june juni juin jun",
    "july juli juillet jul juil",
    "august augustus août aug aoû",
    "september septembre sep sept",
    "october oktober octobre oct okt",
    "november novembre nov",
    "december dezember décembre dec dez déc",
)
_MONTH: Final = MappingProxyType(
    {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
)
"""Names and short names in English, Dutch, German and French; none of them is two months."""

_TWO: Final = "[0-9][0-9]?"
_NAME: Final = r"[^\W\d_]{2,10}\.?"
_MONTH_NAME: Final = r"(?P<B>[^\W\d_]{3,10})\.?"
_PARTS: Final = MappingProxyType(
    {
        "Y": "(?P<Y>[0-9]{4})", "m": f"(?P<m>{_TWO})", "d": f"(?P<d>{_TWO})", "B": _MONTH_NAME, "b": _MONTH_NAME,
        "H": f"(?P<H>{_TWO})", "I": f"(?P<I>{_TWO})", "M": "(?P<M>[0-9][0-9])", "S": "(?P<S>[0-9][0-9])",
        "p": "(?P<p>[AaPp][Mm])", "A": _NAME, "a": _NAME, "%": "%",
    }
)  # fmt: skip
_ISO: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII
)
_NOON: Final = 12


def check_format(form: str) -> None:
    """Raise ValueError, with what is expected, for a form that stamps cannot be read by."""
    _pattern(form)


def moment(cell: str, form: str = "", *, bare_date: bool = False) -> datetime:
    """Parse a stamp of the form, or of ISO 8601: naive where it is local, else in UTC; raise ValueError for another.

    A date alone is its midnight with `bare_date`, and refused otherwise.
    """
    if form and (found := _pattern(form).fullmatch(" ".join(cell.split()))):
        return _composed(found.groupdict(), cell)
    if (found := _ISO.fullmatch(cell)) is None or (found[2] is None and not bare_date):
        raise ValueError(f"{cell[:60]!r} is not a time like {form or '2024-10-27 02:15'}")
    if found[3]:
        clock = found[2] if found[2].count(":") > 1 else f"{found[2]}:00"
        return in_utc(f"{found[1]}T{clock}{found[3]}")
    return in_our_times(datetime.fromisoformat(f"{found[1]} {found[2] or '00:00'}"))


@lru_cache(maxsize=64)
def _pattern(form: str) -> re.Pattern[str]:
    """Translate a form; runs of blanks in it and in stamps are one blank."""
    pieces: list[str] = []
    for found in re.finditer(r"%(.?)|([^%]+)", " ".join(form.split())):
        directive, plain = found.groups()
        if plain is None and directive not in _PARTS:
            raise ValueError(f"%{directive} is none of {' '.join(f'%{known}' for known in _PARTS)}")
        pieces.append(re.escape(plain) if plain is not None else _PARTS[directive])
    try:
        pattern = re.compile("".join(pieces))
    except re.error as problem:
        raise ValueError(f"{form[:60]!r} names a part twice") from problem
    names = set(pattern.groupindex)
    if not ({"Y", "d"} <= names and names & {"m", "B"} and names & {"H", "I"}) or ("I" in names) != ("p" in names):
        raise ValueError(f"{form[:60]!r} needs %Y, %d, %m or %B, and %H, or %I with %p")
    return pattern


def _composed(parts: dict[str, str | None], cell: str) -> datetime:
    month = _MONTH.get((parts.get("B") or "").casefold(), 0) or int(parts.get("m") or 0)
    hour = int(parts.get("H") or parts.get("I") or 0)
    if half := parts.get("p"):
        if not 1 <= hour <= _NOON:
            raise ValueError(f"{cell[:60]!r} is no time of a clock of twelve hours")
        hour = hour % _NOON + (_NOON if half.casefold() == "pm" else 0)
    minute, second = int(parts.get("M") or 0), int(parts.get("S") or 0)
    try:
        made = datetime(int(parts["Y"] or 0), month, int(parts["d"] or 0), hour, minute, second)  # noqa: DTZ001 - local
    except ValueError as problem:
        raise ValueError(f"{cell[:60]!r}: {problem}") from problem
    return in_our_times(made)
