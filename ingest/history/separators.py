"""The signs that stand between the cells of a table, in words, for messages that say which one a file was read with."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

COMMA: Final = ","
SEPARATORS: Final = MappingProxyType({COMMA: "commas", ";": "semicolons", "|": "bars", "\t": "tabs"})


def needs_commas(header: Sequence[str]) -> str:
    """Say what a file of a format with commas has to be, and which sign its first line has instead."""
    other = _instead(header, COMMA)
    has = f", and this one has {SEPARATORS[other]}" if other else ""
    return f"a file is UTF-8 without a mark, with commas between cells{has}"


def read_with(header: Sequence[str], separator: str) -> str:
    """Say which sign a table was read with, and which one to name where its header seems to have another."""
    other = _instead(header, separator)
    remedy = f"; this line has {SEPARATORS[other]}: say --separator {_named(other)}" if other else ""
    return f"it was read with {SEPARATORS[separator]} between cells{remedy}"


def _instead(header: Sequence[str], separator: str) -> str:
    """Return the sign that a header of one cell holds most; "" where it has several cells, or none of the signs."""
    if len(header) != 1:
        return ""
    most = max((sign for sign in SEPARATORS if sign != separator), key=header[0].count)
    return most if most in header[0] else ""


def _named(separator: str) -> str:
    return "tab" if separator == "\t" else f"'{separator}'"
