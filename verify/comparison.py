"""Two numbers beside each other: the published one and ours."""

from decimal import Decimal
from math import isclose
from typing import Final, NamedTuple, TypeAlias

Number: TypeAlias = Decimal | float | None
RATIO: Final = 1e-9
"""How far two ratios may be apart, relative; counts must be the same."""
_NOTHING: Final = 1e-12


class Compared(NamedTuple):
    """One published number and the same one recomputed; `why` says what it means when they differ."""

    what: str
    bucket: str
    name: str
    published: Number
    recomputed: Number
    why: str
    exact: bool = True

    @property
    def differs(self) -> bool:
        """Tell whether they are not the same number."""
        if self.published is None or self.recomputed is None:
            return self.published is not self.recomputed
        ours, theirs = float(self.recomputed), float(self.published)
        return ours != theirs if self.exact else not isclose(ours, theirs, rel_tol=RATIO, abs_tol=_NOTHING)


class Unchecked(NamedTuple):
    """A published number that cannot be recomputed from what is public, and why not."""

    what: str
    bucket: str
    why: str


Finding: TypeAlias = Compared | Unchecked
