"""How often a host is asked: a bucket of tokens that fills as time passes, and pauses that the host asks for."""

from datetime import datetime, timedelta
from typing import Final

from ingest.pollers.poller import RateLimit

_FIRST: Final = 1.0
_DOUBLINGS: Final = 10


class TokenBucket:
    """Holds as many tokens as requests are allowed at once; each request takes one. Time is an argument.

    A half of the allowance may be used at once, the other half is spread over its time: so no stretch of that time,
    wherever it begins, has more requests than are allowed.
    """

    def __init__(self, limit: RateLimit) -> None:
        self._most = max(1.0, limit.requests / 2)
        self._per_second = (limit.requests - self._most or 1.0) / limit.per.total_seconds()
        self._tokens = self._most
        self._filled_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Take a token; return how long to wait before it may be used."""
        if self._filled_at is not None:
            passed = max(0.0, (now - self._filled_at).total_seconds())
            self._tokens = min(self._most, self._tokens + passed * self._per_second)
        self._filled_at = now
        self._tokens -= 1
        return timedelta(seconds=max(0.0, -self._tokens / self._per_second))


def growing_pause(failures: int, longest: timedelta) -> timedelta:
    """Return how long to wait after so many failures in a row: a second after the first, twice as long each time."""
    return min(longest, timedelta(seconds=_FIRST * (1 << min(failures - 1, _DOUBLINGS))))
