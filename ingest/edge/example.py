"""An example of a device: a counter at a cycle path, which reports one whole minute after the other."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from ingest.edge.readings import EdgeReading

_MINUTE: Final = timedelta(minutes=1)
_BUSIEST: Final = 6


def minutes(since: datetime, until: datetime, channels: tuple[str, ...] = ("in", "out")) -> Iterator[EdgeReading]:
    """Yield what it counts from the first whole minute after `since` on, in each direction; the same at each call."""
    start = datetime.fromtimestamp(-(-since.timestamp() // 60) * 60, UTC)
    while start + _MINUTE <= until:
        for channel in channels:
            yield EdgeReading("bicycles", start, start + _MINUTE, _passages(start, channel), channel)
        start += _MINUTE


def _passages(start: datetime, channel: str) -> int:
    return sha256(f"{start.isoformat()}/{channel}".encode()).digest()[0] % _BUSIEST
