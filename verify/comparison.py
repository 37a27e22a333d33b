"""The comparison of a published number with the recomputed one."""

from decimal import Decimal
from math import isclose
from typing import Final, NamedTuple, TypeAlias

Number: TypeAlias = Decimal | float | None
RATIO: Final = 1e-9
"""The relative difference that two ratios may have; counts must be equal."""
_NOTHING: Final = 1e-12


class Compared(NamedTuple):
    """A published number and the recomputed one; `why` is what it means when they differ."""

    what: str
    bucket: str
    name: str
    published: Number
    recomputed: Number
    why: str
    exact: bool = True

    @property
    def differs(self) -> bool:
        """Return whether they differ."""
        if self.published is None or self.recomputed is None:
            return self.published is not self.recomputed
        ours, theirs = float(self.recomputed), float(self.published)
        return ours != theirs if self.exact else not isclose(ours, theirs, rel_tol=RATIO, abs_tol=_NOTHING)


class Unchecked(NamedTuple):
    """A published number that cannot be recomputed from public data, and the reason."""

    what: str
    bucket: str
    why: str


Finding: TypeAlias = Compared | Unchecked
