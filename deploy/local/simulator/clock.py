"""The clock of the simulator, the only one who asks what time it is here."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Say what time it is, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def wait_until(at: datetime) -> None:
    """Sleep until a moment; at once when it has passed."""
    time.sleep(max(0.0, (at - now()).total_seconds()))
