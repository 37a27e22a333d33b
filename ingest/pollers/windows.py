"""Which windows are asked for: what is missing, what may have been revised, in pieces that the publisher allows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.pollers.poller import PollSource, PollWindow
from ingest.pollers.position import PollPosition

RECENT: Final = timedelta(hours=6)
"""What is read again each time: of the newest interval some values come later than others."""

REVISED_EVERY: Final = timedelta(hours=6)
"""How often everything that may be revised is read again."""

SILENT: Final = timedelta(days=30)
"""How far back the values of a sensor that says nothing are looked for, before the last time that it was asked."""

FARTHEST: Final = timedelta(days=390)
"""How far back a first round goes at most: older values are refused as `too_late`."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_revision_due(position: PollPosition, now: datetime) -> bool:
    """Return whether everything that may be revised has to be read again."""
    return position.revised_at is None or now - position.revised_at >= REVISED_EVERY


def windows(source: PollSource, position: PollPosition, now: datetime) -> Iterator[PollWindow]:
    """Yield the windows to ask for now, the oldest first; none where nothing has ended since the start."""
    interval = source.poller.interval(source)
    longest = source.poller.longest(source)
    start, end = _floor(_start(source, position, now), interval), _floor(now, interval)
    while start < end:
        until = min(start + longest, end)
        yield PollWindow(start, until)
        start = until


def _start(source: PollSource, position: PollPosition, now: datetime) -> datetime:
    if position.held is None:
        first = now - source.back if source.since is None else source.since
    else:
        back = source.back if is_revision_due(position, now) else min(source.back, RECENT)
        first = min(position.held, now) - back
    if position.requested is not None:
        first = max(first, min(position.requested, now) - SILENT)
    return max(first, now - FARTHEST)


def _floor(moment: datetime, interval: timedelta) -> datetime:
    return moment - (moment - _EPOCH) % interval
