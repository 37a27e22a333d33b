"""The lists of checks, and how a check enters them."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Final, TypeAlias

from schemas.registry import Registry

Registries: TypeAlias = Sequence[Registry]
"""The registries of all owners of a root."""
OfOne: TypeAlias = Callable[[Registry], Iterator[str]]
Check: TypeAlias = Callable[[Registries], Iterator[str]]
CHECKS: Final[list[Check]] = []
WARNINGS: Final[list[Check]] = []


def check(function: Check) -> Check:
    """Add a check of all owners together to the list."""
    CHECKS.append(function)
    return function


def check_each(function: OfOne) -> Check:
    """Add a check of what one owner says to the list; where there are several, its sentences begin with whose it is."""

    @wraps(function)
    def of_all(registries: Registries) -> Iterator[str]:
        for one in registries:
            beginning = f"{one.owner.name}: " if len(registries) > 1 else ""
            yield from (f"{beginning}{sentence}" for sentence in function(one))

    return check(of_all)


def warning(function: Check) -> Check:
    """Add a check to those that only warn."""
    WARNINGS.append(function)
    return function
