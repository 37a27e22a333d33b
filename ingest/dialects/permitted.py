"""What of a message may stay: numbers, booleans, and the texts that somebody names, in the form that is named.

Everything else is replaced by its length and kind before anything is written (record 26); dialects decode what stays.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import lru_cache
from math import isfinite, log10
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias
from unicodedata import normalize

from ingest.dialects.document import Document
from ingest.dialects.plain_keys import is_plain
from schemas.device import RegisteredDevice
from schemas.quantities import QUANTITIES
from schemas.runs import digest_of, run_in


class Sender(NamedTuple):
    """Who sent a message: the sensor that its topic names, all sensors that are registered, and what this one sends.

    `fields` are the names of its sources and of the fields of its profile: they stay as keys, whatever they look like.
    """

    sensor: str = ""
    sensors: Collection[str] = ()
    fields: frozenset[str] = frozenset()


class SenderForm(NamedTuple):
    """The form of texts that depends on who sent them; `stays` returns what `Form` does."""

    stays: Callable[[str, Sender], str | None]


Form: TypeAlias = Callable[[str], str | None] | SenderForm
"""What stays of a text: itself or what stands for it, None where it has not the form that was named."""

Texts: TypeAlias = Mapping[str, Form]
"""The texts that may stay, by path: keys with a dot between them, `*` for the elements of a list."""

Numbers: TypeAlias = Mapping[str, int]
"""How large the whole numbers may be that are named, by path."""

LARGEST_COUNT: Final = 99_999_999
"""A number above it that nobody names is no count: it may be the number of somebody or something."""

LATEST: Final = 10_000_000_000_000
"""The largest time in milliseconds since 1970 that may be stated: in the year 2286."""

LARGEST_REGISTER: Final = 2**32 - 1
"""The largest number that stays in a registered field: the running total of a counter."""

NO_NUMBERS: Final[Numbers] = MappingProxyType({})
_LARGEST: Final = 2**64
_NEAR: Final = 400 * 86_400
_LONGEST_PATH: Final = 400
_REPLACED: Final = re.compile(r"<(?:text|word|bytes) \d{1,6}>|<number \d{1,3}>|<other>", re.ASCII)
_REPLACED_KEY: Final = re.compile(r"(<key \d{1,5})(?: \d{1,5})?>", re.ASCII)
_WORD: Final = re.compile(r"[a-z0-9_-]{1,40}", re.ASCII)
_HARMLESS: Final = re.compile(r"[a-z]{1,12}\d{0,2}", re.ASCII)
_TIME: Final = re.compile(
    r"(\d{4}-(?:0\d|1[0-2])-[0-3]\d(?:[Tt ][0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d{1,6})?)?)?)(?:(?<=\.\d{6})\d{1,6})?"
    r"((?:[Zz]|[+-][01]\d:?[0-5]\d)?)",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"\s{0,2}([+-]?\d{1,8}(?:\.\d{1,8})?)(?:(?<=\.\d{8})\d{1,12})?\s{0,2}", re.ASCII)
_UNITS: Final = frozenset(quantity.unit for quantity in QUANTITIES.values()) | {
    "1", "%", "%RH", "ppb", "ppm", "ng/m3", "ug/m3", "µg/m3", "μg/m3", "µg/m³", "μg/m³", "mg/m3", "mg/m³", "Cel", "C",
    "°C", "F", "°F", "K", "V", "mV", "A", "mA", "W", "Wh", "kWh", "Pa", "hPa", "kPa", "mbar", "bar", "m",
    "cm", "mm", "km", "m/s", "km/h", "s", "min", "h", "d", "ms", "Hz", "dB", "dBA", "dB(A)", "dBm", "lx", "lux", "deg",
    "°", "#", "count", "counts", "n", "g", "kg", "l", "L",
}  # fmt: skip


def matching(pattern: str) -> Form:
    """Make the form of texts that match a regular expression whole."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: text if compiled.fullmatch(text) else None


def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    return found and found[1] + found[2]


def _number(text: str) -> str | None:
    found = _NUMBER.fullmatch(text)
    return found and found[1]


@lru_cache(maxsize=8192)
def is_harmless(word: str) -> bool:
    """Return whether a word may stay though nobody named it: up to twelve letters, and two digits at the end."""
    return _HARMLESS.fullmatch(word) is not None


def is_unit(text: str) -> bool:
    """Return whether a text is a unit of the catalogue, or another that sensors use."""
    return text in _UNITS


def _word(text: str, sender: Sender) -> str | None:
    if is_harmless(text) or text in sender.fields:
        return text
    return f"<word {len(text)}>" if _WORD.fullmatch(text) else None


def _quantity(text: str) -> str | None:
    return text if text in QUANTITIES else None


def _sensor(text: str, sender: Sender) -> str | None:
    return text if text == sender.sensor or text in sender.sensors else None


TIME: Final[Form] = _time
"""A day, or a time of one, with an offset or without; of the fraction of a second six digits stay."""

EPOCH: Final[Form] = matching(r"\d{1,13}(\.\d{1,9})?")
"""A time in seconds or milliseconds since 1970 as a text; where it is named a number stays up to `LATEST`, too."""

NUMBER: Final[Form] = _number
"""A number that is written as a text; of its decimals eight stay."""

UNIT: Final[Form] = lambda text: text if is_unit(text) else None  # noqa: E731 - the name is its documentation
"""A unit of the catalogue, or another that sensors use."""

PORT: Final[Form] = matching(r"[0-9]{1,3}(?:\.0)?")
"""The port of a frame that is written as a text."""

MARK: Final[Form] = matching(r"(?i:true|false)|[01]")
"""A mark that is true or false, as a text."""

QUANTITY: Final[Form] = _quantity
"""A quantity of the catalogue."""

SENSOR: Final[Form] = SenderForm(_sensor)
"""The id of a sensor: the one that the topic names, or one that is registered."""

WORD: Final[Form] = SenderForm(_word)
"""A word of a dialect, such as a channel: one that is registered, or a harmless one.

Of another word `<word 12>` stays, so that what stands beside it can still be decoded.
"""


def digest(kind: str, pattern: str | None = None) -> Form:
    """Make the form of texts, all or those of a pattern, of which a digest stays: no way back, but the same run.

    `schemas.runs.run_in` reads the run from it, which is that of `schemas.observation.run_of`.
    """
    whole = re.compile(pattern or "(?s:.+)", re.ASCII)

    def stays(text: str, sender: Sender) -> str | None:
        if run_in(kind, text) is not None:
            return text
        return digest_of(kind, sender.sensor, text) if whole.fullmatch(text) else None

    return SenderForm(stays)


def sent_by(sensor: str, sensors: Collection[str], device: RegisteredDevice | None) -> Sender:
    """Return what is known of a sender; of a name with `.` or `/` each part is a field too."""
    if device is None:
        return Sender(sensor, sensors)
    names = {*device.sources}
    if profile := device.profile:
        names.update(one.field for one in profile.field)
        names.update(one.field for one in profile.status)
        names.update((*profile.texts, *profile.ignore, *([profile.time.field] if profile.time else [])))
        names.update([profile.stored.field] if profile.stored else [])
    parts = (part for name in names for part in re.split(r"[./]", name))
    return Sender(sensor, sensors, frozenset((*names, *parts)) - {""})


def permitted(
    document: Document,
    texts: Texts,
    received_at: datetime,
    sender: Sender = Sender(),  # noqa: B008 - immutable
    numbers: Numbers = NO_NUMBERS,
) -> Document:
    """Return what stays of a parsed document; the document itself is not changed, and of what stays all stays."""
    return _Permission(texts, numbers, sender, received_at.timestamp()).fields(document, "")


class _Permission(NamedTuple):
    """The rules for one message, received at `now` (Unix time); a path that is too long to be named is None."""

    texts: Texts
    numbers: Numbers
    sender: Sender
    now: float

    def fields(self, fields: dict[str, object], above: str | None) -> dict[str, object]:
        """Return the fields that stay, each with what stays of its value; `above` is their path, with a dot behind."""
        stays: dict[str, object] = {}
        count: dict[str, int] = {}
        for said, value in fields.items():
            key = said if said.isascii() else self._spelled(said)
            below = _below(above, key)
            named = key in self.sender.fields
            name = key if named or below in self.texts or below in self.numbers or is_plain(key) else _key(key)
            if name in stays:
                name = _another(name, stays, count)
            stays[name] = self.value(value, below, named=named)
        return stays

    def _spelled(self, key: str) -> str:
        """Return a key as it is registered, where that differs in how letters with marks are composed only."""
        if key in self.sender.fields:
            return key
        composed = normalize("NFC", key)
        others = (one for one in self.sender.fields if not one.isascii())
        return next((one for one in others if normalize("NFC", one) == composed), key)

    def value(self, value: object, path: str | None, *, named: bool) -> object:
        """Return what stays of a value; `named` says whether it is in a registered field."""
        if isinstance(value, dict):
            return self.fields(value, _below(path, "."))
        if isinstance(value, list):
            below = _below(path, ".*")
            return [self.value(one, below, named=named) for one in value]
        if value is None or isinstance(value, bool):
            return value
        return self._leaf(value, path, LARGEST_REGISTER if named else LARGEST_COUNT)

    def _leaf(self, value: object, path: str | None, largest: int) -> object:
        match value:
            case str():
                return self._text(value, path)
            case int() | float():
                return self._number(value, self._largest(path, largest))
            case bytes():
                return f"<bytes {len(value)}>"
        return "<other>"

    def _largest(self, path: str | None, largest: int) -> int:
        if path is None:
            return largest
        return LATEST if self.texts.get(path) is EPOCH else self.numbers.get(path, largest)

    def _text(self, text: str, path: str | None) -> str:
        """Return what stays of a text; what stands for something that was replaced stays as it is."""
        form = self.texts.get(path) if path is not None else None
        if not text or _REPLACED.fullmatch(text):
            return text
        stays = None
        if form is not None:
            stays = form.stays(text, self.sender) if isinstance(form, SenderForm) else form(text)
        return f"<text {len(text)}>" if stays is None else stays

    def _number(self, number: float, largest: int) -> float | str | None:
        """Return a number that is finite and small enough, or a time in s or ms within 400 days of the reception."""
        if isinstance(number, int) and abs(number) > _LARGEST:
            return f"<number {int(log10(abs(number))) + 1}>"
        if not isfinite(number):
            return None
        if abs(number) <= largest or abs(number - self.now) < _NEAR or abs(number / 1_000 - self.now) < _NEAR:
            return number
        return f"<number {len(str(abs(int(number))))}>"


def _below(path: str | None, more: str) -> str | None:
    return None if path is None or len(path) + len(more) > _LONGEST_PATH else path + more


def _key(key: str) -> str:
    return key if _REPLACED_KEY.fullmatch(key) else f"<key {len(key)}>"


def _another(name: str, taken: Mapping[str, object], count: dict[str, int]) -> str:
    """Return the first of `<key 4 2>`, `<key 4 3>` and so on that is not taken; `count` is where that search stands."""
    found = _REPLACED_KEY.fullmatch(name)
    stem = found[1] if found else f"<key {len(name)}"
    number = count.get(stem, 1) + 1
    while f"{stem} {number}>" in taken:
        number += 1
    count[stem] = number
    return f"{stem} {number}>"
