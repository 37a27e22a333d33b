"""Sets of whole numbers from 0 on, as ranges: how a receipt says which messages are stored."""

from collections.abc import Iterable
from typing import Final, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Ranges from the first to the last number, both in them: in order, with a number or more between two of them."""

NONE: Final[Ranges] = ()
"""The empty set."""

MOST: Final = 64
"""Ranges of one set at most."""


def with_numbers(ranges: Ranges, numbers: Iterable[int], most: int = MOST) -> Ranges:
    """Return the set with these numbers too; of more than `most` ranges the highest are forgotten."""
    found: list[tuple[int, int]] = []
    for low, high in sorted((*ranges, *((one, one) for one in numbers))):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found[:most])


def has(ranges: Ranges, number: int) -> bool:
    """Return whether a number is in the set."""
    return any(low <= number <= high for low, high in ranges)


def through(ranges: Ranges) -> int:
    """Return the highest number up to which all from 0 on are in the set; -1 where 0 is not."""
    return ranges[0][1] if ranges and ranges[0][0] == 0 else -1
