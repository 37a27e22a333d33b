"""The words of one locale by their keys, read from its `.po` files, with their parameters written out."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from string import Formatter
from typing import Any, Final

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

DEFAULT: Final = "nl"
"""The locale of the public face where nobody asks for another."""
LOCALES: Final = (DEFAULT, "en")

_PATTERNS: Final = ("#,##0", "#,##0.0", "#,##0.00")


class Texts(Formatter):
    """The words of a locale: `texts("reason.coverage_below", valid=44, needed=75)`.

    A key is a kind and a code, with a dot between. In a text `{name}` stands for a number or a text as it is,
    `{name:1}` for a number with one decimal, `{name:list}` for names with commas between, and `{name:half}` for words
    of a kind: of one code, of codes joined by "and", or of groups of codes whose members are joined by "or".
    `{name:channels}` stands for channels as a parameter of reasons has them (`schemas.reasons`), with semicolons;
    those that differ in their direction only are said together.
    """

    def __init__(self, locale: str, messages: Mapping[str, str]) -> None:
        self.locale = locale
        self.messages = messages

    def __call__(self, key: str, /, **parameters: object) -> str:
        """Give the words of a key; raise KeyError where the locale has none, or a parameter is missing."""
        return self.vformat(self.messages[key], (), parameters)

    def towards(self, direction: str) -> str:
        """Say a direction of a channel: some have words of their own, others are names of places."""
        return self.messages.get(f"direction.{direction}") or self("channel.towards", direction=direction)

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as the class above has it
        """Write one parameter."""
        if format_spec == "list":
            return ", ".join(value)
        if format_spec == "channels":
            return "; ".join(self._channels(list(alike)) for _, alike in groupby(value, key=_but_for_direction))
        if isinstance(value, int | float):
            return format_decimal(value, _PATTERNS[int(format_spec or 0)], self.locale)
        return self._words(value, format_spec) if format_spec else str(value)

    def _channels(self, alike: Sequence[Mapping[str, Any]]) -> str:
        channel, days = alike[0], alike[0].get("days")
        why = self(f"reason.{channel['why']}")
        if days is not None:
            why = self("channel.on_day" if days == 1 else "channel.on_days", why=why, days=days)
        towards = self("join.and").join(self.towards(one["direction"]) for one in alike)
        what, site = self(f"quantity.{channel['mode']}"), channel.get("site")
        key = "channel.at" if site else "channel.one"
        return self(key, what=what[0].lower() + what[1:], direction=towards, site=site, why=why)

    def _words(self, codes: str | Sequence[str | Sequence[str]], kind: str) -> str:
        if isinstance(codes, str):
            return self(f"{kind}.{codes}")
        return self("join.and").join(self._either(one, kind) for one in codes)

    def _either(self, codes: str | Sequence[str], kind: str) -> str:
        known = [codes] if isinstance(codes, str) else codes
        return self("join.or").join(self(f"{kind}.{one}") for one in known)


def _but_for_direction(channel: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in channel.items() if key != "direction"}


@cache
def texts(locale: str = DEFAULT) -> Texts:
    """Read the words of a locale; raise ValueError for one that there is not."""
    if locale not in LOCALES:
        raise ValueError(f"no texts in {locale!r}; there are {', '.join(LOCALES)}")
    messages: dict[str, str] = {}
    for file in sorted((files("locales") / locale / "LC_MESSAGES").iterdir(), key=lambda one: one.name):
        with file.open("rb") as lines:
            messages |= {str(one.id): str(one.string) for one in read_po(lines, locale, abort_invalid=True) if one.id}
    return Texts(locale, messages)
