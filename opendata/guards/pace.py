"""How often somebody may ask, as one number a visitor: the moment at which nothing of their budget is used.

The generic cell rate algorithm: a bucket of `burst` units that fills by `per_minute`, kept as the monotonic time at
which it is full again, so that who has not been here for a while needs no entry.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import NamedTuple


@dataclass(frozen=True)
class RequestPolicy:
    """A budget with its name: units a minute, how many may be used at once, and how many answers may be in work."""

    name: str
    per_minute: int
    burst: int
    at_once: int

    @cached_property
    def seconds_per_unit(self) -> float:
        """Seconds until one unit is there again."""
        return 60 / self.per_minute

    @cached_property
    def window(self) -> int:
        """Seconds in which an empty bucket fills, which is the window of the quota `burst`."""
        return ceil(self.burst * 60 / self.per_minute)

    @cached_property
    def key(self) -> bytes:
        """What stands before a visitor where several budgets are counted in one table."""
        return self.name.encode() + b"\0"


class PaceState(NamedTuple):
    """What became of a request: when the bucket is full again, units left, and seconds until it would be allowed.

    `full_at` is monotonic; `resets_in` are the seconds until then. `wait` is 0 where it is allowed.
    """

    full_at: float
    remaining: int
    resets_in: int
    wait: int


def take(policy: RequestPolicy, full_at: float, cost: int, now: float) -> PaceState:
    """Take units of a bucket that is full at a moment; where there are not enough, it stays as it was."""
    unit, whole = policy.seconds_per_unit, policy.burst * policy.seconds_per_unit
    used = max(full_at - now, 0.0)
    wanted = used + min(cost, policy.burst) * unit
    if wanted > whole + 1e-9:
        return PaceState(full_at, int((whole - used) / unit + 1e-9), ceil(used), max(1, ceil(wanted - whole)))
    return PaceState(now + wanted, int((whole - wanted) / unit + 1e-9), ceil(wanted), 0)
