"""The clock of the simulator."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def wait_until(at: datetime) -> None:
    """Sleep until a moment; at once when it has passed."""
    time.sleep(max(0.0, (at - now()).total_seconds()))
