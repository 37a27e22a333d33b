"""Stretches of time that are worked off in pieces, the newest first."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class TimeRange(NamedTuple):
    """From a moment until before another one; None: without an end."""

    started_at: datetime
    ended_at: datetime | None

    def within(self, length: timedelta) -> bool:
        """Tell whether it has an end, and is no longer than this."""
        return self.ended_at is not None and self.ended_at - self.started_at <= length


def merged(stretches: Iterable[TimeRange]) -> list[TimeRange]:
    """Join what overlaps or touches; the oldest first."""
    found: list[TimeRange] = []
    for one in sorted(stretches, key=lambda stretch: stretch.started_at):
        last = found[-1] if found else None
        if last is None or (last.ended_at is not None and last.ended_at < one.started_at):
            found.append(one)
        else:
            found[-1] = TimeRange(last.started_at, _later(last.ended_at, one.ended_at))
    return found


def cut(stretch: TimeRange, length: timedelta) -> tuple[TimeRange, TimeRange | None]:
    """Cut off the newest part of a stretch that has an end, so long at most; give it, and what is left before it."""
    if stretch.ended_at is None or stretch.within(length):
        return stretch, None
    middle = stretch.ended_at - length
    return TimeRange(middle, stretch.ended_at), TimeRange(stretch.started_at, middle)


def together(stretches: Sequence[TimeRange]) -> tuple[datetime, datetime]:
    """Give the first and the last moment of some stretches that have ends."""
    return min(one.started_at for one in stretches), max(one.ended_at for one in stretches if one.ended_at is not None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)
