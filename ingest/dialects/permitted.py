"""What of a message may stay: numbers, booleans, and the texts that somebody names, in the form that is named.

Everything else is replaced by its length and kind before anything is written (record 26); dialects decode what stays.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from ingest.dialects.document import Document
from schemas.observation import run_of
from schemas.topics import SENSOR_ID

Form: TypeAlias = Callable[[str], str | None]
"""What stays of a text: itself or what stands for it, None where it has not the form that was named."""

Texts: TypeAlias = Mapping[str, Form]
"""The texts that may stay, by path: keys with a dot between them, `*` for the elements of a list."""

LARGEST_COUNT: Final = 99_999_999
"""A whole number above it that nobody names is no count: it may be the number of somebody or something."""

_REPLACED: Final = re.compile(r"<(text|key|number|[a-z]{1,12}) \d{1,7}>'*", re.ASCII)
_PLAIN_KEY: Final = re.compile(r"[@A-Za-z_][A-Za-z0-9_.@-]{0,39}", re.ASCII)


def matching(pattern: str) -> Form:
    """Make the form of texts that match a regular expression whole."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: text if compiled.fullmatch(text) else None


TIME: Final = matching(r"\d{4}-\d\d-\d\d([Tt ][0-9:.]{1,30}([Zz]|[+-]\d\d:?\d\d)?)?")
"""A day, or a time of one, with an offset or without."""

SENSOR: Final = matching(SENSOR_ID)
"""The id of a sensor."""

WORD: Final = matching(r"[a-z0-9_-]{1,40}")
"""A word of a dialect, such as a channel or a quantity."""

UNIT: Final = matching(r"[A-Za-z%/0-9^]{0,8}|°[CF]|[µμ]g/m[3³]|mg/m³|1")
"""A unit."""

NUMBER: Final = matching(r"\s{0,2}[+-]?\d{1,8}(\.\d{1,15})?\s{0,2}")
"""A number that is written as a text."""


def digest(kind: str) -> Form:
    """Make the form of texts of which a digest stays: the same for the same text, and no way back."""
    done = re.compile(rf"{kind} -?[0-9a-f]{{1,16}}", re.ASCII)
    return lambda text: text if done.fullmatch(text) else f"{kind} {run_of('', kind, text):x}"


def permitted(document: Document, texts: Texts, received_at: datetime) -> Document:
    """Return what stays of a parsed document; the document itself is not changed, and of what stays all stays."""
    return _object(document, texts, "", received_at.timestamp())


def _value(value: object, texts: Texts, path: str, now: float) -> object:
    match value:
        case dict():
            return _object(value, texts, path, now)
        case list():
            return [_value(one, texts, _below(path, "*"), now) for one in value]
        case str():
            form = texts.get(path)
            stays = form(value) if form else None
            return stays if stays is not None else value if _REPLACED.fullmatch(value) else f"<text {len(value)}>"
        case bool() | None | float():
            return value
        case int():
            return value if _may_stay(value, path in texts, now) else f"<number {len(str(abs(value)))}>"
    return f"<{type(value).__name__}>"


def _object(fields: dict[str, object], texts: Texts, path: str, now: float) -> dict[str, object]:
    stays: dict[str, object] = {}
    for key, value in fields.items():
        below = _below(path, key)
        plain = below in texts or _PLAIN_KEY.fullmatch(key) or _REPLACED.fullmatch(key)
        name = key if plain else f"<key {len(key)}>"
        while name in stays:
            name += "'"
        stays[name] = _value(value, texts, below, now)
    return stays


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _may_stay(number: int, named: bool, now: float) -> bool:  # noqa: FBT001 - one question of two parts
    """Return whether a whole number is named, is small, or is a time in seconds within a year of the reception."""
    return named or abs(number) <= LARGEST_COUNT or abs(number - now) < 400 * 86_400
