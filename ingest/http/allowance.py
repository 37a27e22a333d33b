"""How many requests a client may make: so many at once, and then as many as come back with time."""

from dataclasses import dataclass, field
from math import ceil

_MOST_CLIENTS = 10_000


@dataclass
class Allowance:
    """At most `burst` at once and `per_minute` in the long run, for each client by itself; `now` is in seconds.

    Of clients only the newest 10,000 that used something are known, so that many of them cost no memory.
    """

    per_minute: float
    burst: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, client: str, now: float) -> int:
        """Take one: return 0, or after how many seconds there is one again."""
        left = self._now(client, now)
        if left < 1:
            return ceil((1 - left) * 60 / self.per_minute)
        self._left.pop(client, None)
        self._left[client] = (left - 1, now)
        if len(self._left) > _MOST_CLIENTS:
            del self._left[next(iter(self._left))]
        return 0

    def wait(self, client: str, now: float) -> int:
        """Return what `take` would, and take nothing."""
        left = self._now(client, now)
        return 0 if left >= 1 else ceil((1 - left) * 60 / self.per_minute)

    def _now(self, client: str, now: float) -> float:
        left, since = self._left.get(client, (float(self.burst), now))
        return min(float(self.burst), left + (now - since) * self.per_minute / 60)
