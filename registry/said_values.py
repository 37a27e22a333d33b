"""Every text and every day that a registry says, wherever it stands, with the words that find it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

import msgspec

SaidValue: TypeAlias = tuple[str, str, str | date]
"""Whose it is (the id, the sensor or the kind of the entry around it), the name of its field, and the value."""


def said_values(said: object, whose: str = "registry", field: str = "") -> Iterator[SaidValue]:
    """Yield what is said below a part of a registry; numbers and truth values have checks of their own."""
    match said:
        case msgspec.Struct():
            called = getattr(said, "id", None) or getattr(said, "sensor", None) or type(said).__name__.lower()
            for name in said.__struct_fields__:
                yield from said_values(getattr(said, name), str(called), name)
        case str() | date():
            yield whose, field, said
        case Mapping():
            for name, value in said.items():
                yield from said_values(value, whose, f"{field}.{name}" if field else str(name))
        case Sequence():
            for value in said:
                yield from said_values(value, whose, field)
