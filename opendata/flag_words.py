"""What was excluded of a number, in the words of a locale: the flags of what was left out, and in how much of it."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol, TypeAlias

from locales import DEFAULT, texts
from opendata.vocabulary import flag_parts
from schemas.quality_flags import EXCLUDING, OUTSIDE_WINDOW, named

Parts: TypeAlias = Literal["hours", "days"]
"""What the parts of a number are that are counted by flag."""


class RowFlags(Protocol):
    """A row with its flags, and those of each of its parts that has any."""

    @property
    def quality_flags(self) -> int:
        """Give the flags of all that was observed, as bits."""

    @property
    def flagged(self) -> Sequence[int] | None:
        """Give the flags of each part that has any; None where they were not read."""


_LEFT_OUT: Final = EXCLUDING & ~OUTSIDE_WINDOW
"""Where a sensor cannot measure, nothing is left out that was expected."""
_ONE: Final[Mapping[Parts, str]] = {"hours": "hour", "days": "day"}


def excluded(quality_flags: int, counted: Mapping[str, int], parts: Parts, locale: str = DEFAULT) -> str | None:
    """Say which flags took something out of a number; None where none did.

    `counted` has by the name of a flag how many of its `parts` have it; one that is not there is said without.
    """
    words = texts(locale)
    flags = [
        _flag(words(f"quality_flag.{flag.name}"), counted.get(flag.name), parts, locale)
        for flag in named(quality_flags & _LEFT_OUT)
    ]
    return words("excluded.flags", flags=flags) if flags else None


def excluded_of(row: RowFlags, parts: Parts, locale: str = DEFAULT) -> str | None:
    """Say it of a row, of whose `parts` the flags are counted where they were read."""
    return excluded(row.quality_flags, flag_parts(row.flagged or ()), parts, locale)


def _flag(flag: str, number: int | None, parts: Parts, locale: str) -> str:
    if number is None:
        return flag
    return texts(locale)(f"excluded.{_ONE[parts] if number == 1 else parts}", flag=flag, number=number)
