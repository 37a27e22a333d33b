"""The clock of everything received.

No two messages are received at the same instant, and none before an earlier one.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_STEP = timedelta(microseconds=1)


def system_time() -> datetime:
    """Return the machine's time in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


class ReceptionClock:
    """The source of `received_at`: the machine's time, or one microsecond after the last where that is later."""

    def __init__(self, newest: datetime | None, now: Callable[[], datetime] = system_time) -> None:
        self._now = now
        self._last = newest or datetime.min.replace(tzinfo=UTC)

    def tick(self) -> datetime:
        """Return the next instant, in UTC."""
        now = self._now()
        self._last = now = now if now > self._last else self._last + _STEP
        return now
