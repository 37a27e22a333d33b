"""The fields that dialects and file readers share: numbers, texts with a unit, plain names, instants, shapes.

Each function takes what was sent and returns a value, or raises RefusedError with a reason of the catalogue.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeGuard, TypeVar

import msgspec

from ingest.dialects.refusal import RefusedError, shown

FARTHEST: Final = 1e9
"""The largest magnitude that is taken for a measurement."""

UNKNOWN_PORT: Final = -1
"""The port of a frame that names none, or none that can be read."""

_PORTS: Final = range(256)
_PORT: Final = re.compile(r"[0-9]{1,3}(?:\.0)?", re.ASCII)
_T = TypeVar("_T")
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_LOCAL = re.compile(rf"\d{{4}}-\d\d-\d\d[Tt ]{_CLOCK}(:[0-5]\d(\.\d+)?)?", re.ASCII)
_STAMP = re.compile(rf"(\d{{4}}-\d\d-\d\d)[Tt]({_CLOCK}:[0-5]\d)(?:\.(\d{{1,12}}))?([Zz]|[+-]{_CLOCK})", re.ASCII)
_WITH_UNIT = re.compile(r"\s*([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*((?![eE][+-]?\d)[^\d\s.,+-]\S{0,15})?\s*")
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,15}(\.[0-9]{1,15})?\s*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}", re.ASCII)
_WORD = re.compile(r"[a-z0-9_-]{1,40}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_SAYS: Final = (
    ("Object contains unknown field", "unknown_field"),
    ("Object missing required field", "missing_field"),
    ("", "type"),
)


def shaped(document: object, shape: type[_T]) -> _T:
    """Convert a parsed document into a msgspec struct; refuse `unknown_field`, `missing_field` or `type`."""
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as problem:
        says = str(problem)
        reason = next(reason for start, reason in _SAYS if says.startswith(start))
        raise RefusedError(reason, repr(says)[1:-1][:200]) from problem


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def within(value: float, low: float, high: float, called: str = "value") -> float:
    """Return a number of [`low`, `high`] as a float; refuse another as `range`; `called` is its name in the detail."""
    if not low <= value <= high:
        raise RefusedError("range", f"{called} is {shown(value)}, not {low:.0f}..{high:.0f}")
    return float(value)


def number(value: object, called: str) -> float:
    """Return a number, which vendors also send as a text; refuse `type` for anything else, `range` for a huge one."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if not is_number(value):
        raise RefusedError("type", f"{called} is {shown(value)}, not a number")
    return within(value, -FARTHEST, FARTHEST, called)


def with_unit(text: str) -> tuple[float, str]:
    """Split a text such as "29.92 °C" into number and unit, "" where there is none; else refuse `format`.

    `schemas.units.factor` has the factors between units.
    """
    found = number_and_unit(text)
    if not found:
        raise RefusedError("format", f"{shown(text)} is not a number with a unit")
    return within(found[0], -FARTHEST, FARTHEST), found[1]


def number_and_unit(text: str) -> tuple[float, str] | None:
    """Split a text such as "29.92 °C" into number and unit, "" where there is none; None where it is neither."""
    found = _WITH_UNIT.fullmatch(text)
    return (float(found[1]), found[2] or "") if found else None


def plain_name(text: str) -> str:
    """Return a vendor's field name: a letter, then letters, digits, _ and ., at most 60; else refuse `format`."""
    if not is_plain_name(text):
        raise RefusedError("format", f"field {shown(text)} is not a plain name")
    return text


def is_plain_name(text: str) -> bool:
    """Return whether a text is a letter, then letters, digits, _ and ., at most 60."""
    return _NAME.fullmatch(text) is not None


def word(text: str, called: str) -> str:
    """Return a word of at most 40 of a-z, 0-9, _ and -; else refuse `format`; `called` is its name in the detail."""
    if not _WORD.fullmatch(text):
        raise RefusedError("format", f"{called} {shown(text)} is not of a-z, 0-9, _ and -, at most 40")
    return text


@lru_cache(maxsize=8192)
def instant(text: str) -> datetime:
    """Return an RFC 3339 time as aware UTC, truncated to microseconds; refuse anything else.

    Reasons: `no_offset` for a local time, `format`, and `range` for a time outside of the years of Python.
    """
    found = _STAMP.fullmatch(text)
    if not found:
        raise RefusedError("no_offset" if _LOCAL.fullmatch(text) else "format", f"{shown(text)} is not RFC 3339")
    day, clock, fraction, offset = found.groups("")
    try:
        return datetime.fromisoformat(f"{day}T{clock}.{fraction[:6]:0<6}{offset.upper()}").astimezone(UTC)
    except ValueError as problem:
        raise RefusedError("format", f"{shown(text)}: {problem}") from problem
    except OverflowError as problem:
        raise RefusedError("range", f"{shown(text)} is no instant in UTC") from problem


def epoch(seconds: float) -> datetime:
    """Return a time in seconds since 1970 as aware UTC, to the microsecond; refuse `range` for one without a year."""
    try:
        return _EPOCH + timedelta(microseconds=round(seconds * 1_000_000))
    except (OverflowError, ValueError) as problem:
        raise RefusedError("range", f"{shown(seconds)} is no time in seconds") from problem


def port_of(value: object) -> int:
    """Return the port of a LoRaWAN frame, a text or a number; UNKNOWN_PORT for what is none."""
    number = float(value) if isinstance(value, str) and _PORT.fullmatch(value) else value
    return int(number) if is_number(number) and number in _PORTS else UNKNOWN_PORT


def is_true(value: object) -> bool:
    """Return whether a mark is true, however it is written: true, 1, or either as a text."""
    return value.lower() in {"true", "1"} if isinstance(value, str) else value in (True, 1)


def hour_until(moment: datetime) -> tuple[datetime, datetime]:
    """Return start and end of the hour that ends then; refuse `format` off the hour, `range` before the first year."""
    if moment.minute or moment.second or moment.microsecond:
        raise RefusedError("format", f"{stamp(moment)} is not a whole hour")
    try:
        return moment - _HOUR, moment
    except OverflowError as problem:
        raise RefusedError("range", f"the hour before {stamp(moment)} is in no year") from problem


def end_of(started_at: datetime, length: timedelta) -> datetime:
    """Return the end of an interval; refuse `range` where it ends after the last year."""
    try:
        return started_at + length
    except OverflowError as problem:
        raise RefusedError("range", f"what starts at {stamp(started_at)} ends in no year") from problem


def stamp(moment: datetime) -> str:
    """Encode an instant as RFC 3339 in UTC; the reverse of `instant`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
