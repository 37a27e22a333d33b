"""What comes of a device, and what does not: its newest messages, missing intervals, lost numbers, changes of state."""

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from operations import feed_words
from operations.database import rows, statements
from operations.feeds import device
from schemas.quality_flags import named

_SQL: Final = statements("feed_readings.sql")
_AGAIN: Final = timedelta(seconds=60)
"""How far back is asked again: what was received, or seen, before may be committed after."""
_REMEMBERED: Final = 100_000
_LIMIT: Final = 10_000


class NewRows:
    """Tells what was not given before, of answers that overlap."""

    def __init__(self) -> None:
        self._known: set[Hashable] = set()
        self._order: deque[Hashable] = deque()

    def __call__(self, key: Hashable) -> bool:
        """Return whether a key is new; the oldest are forgotten."""
        if key in self._known:
            return False
        self._known.add(key)
        self._order.append(key)
        if len(self._order) > _REMEMBERED:
            self._known.discard(self._order.popleft())
        return True


class DeviceMessages:
    """The messages of one device as they come: stored readings, and what was refused."""

    def __init__(self, conninfo: str, sensor: str, at: datetime) -> None:
        """Begin at a moment (aware UTC); raise DeviceUnknownError for a device that nobody registered."""
        device(conninfo, sensor)
        self._conninfo, self._sensor, self._after = conninfo, sensor, at
        self._newly = NewRows()

    def before(self, most: int) -> list[dict[str, Any]]:
        """Return the newest messages of the last month before the beginning, the oldest first."""
        found = self._read(self._after - timedelta(days=31), most)
        return [one for one in found if self._newly(_key(one))]

    def more(self) -> list[dict[str, Any]]:
        """Return what has come since the last call, the oldest first."""
        found = self._read(self._after - _AGAIN, _LIMIT)
        new = [one for one in found if self._newly(_key(one)) and one["received_at"] > self._after - _AGAIN]
        self._after = max([self._after, *(one["received_at"] for one in new)])
        return new

    def _read(self, after: datetime, most: int) -> list[dict[str, Any]]:
        found = rows(self._conninfo, _SQL["newest"], sensor=self._sensor, after=after, most=most)
        return [_with_flags(one) for one in reversed(found)]


class StateChanges:
    """The changes of state as process `watch` keeps them."""

    def __init__(self, conninfo: str, at: datetime) -> None:
        """Begin at a moment (aware UTC): what was seen before is not told."""
        self._conninfo, self._after = conninfo, at
        self._newly = NewRows()
        self._read()

    def more(self) -> list[dict[str, Any]]:
        """Return the changes since the last call, in the order in which they were seen."""
        return [one | {"why": feed_words.why(one["reason"])} for one in self._read()]

    def watched(self) -> bool:
        """Return whether process `watch` is connected: without it nothing is kept."""
        return bool(rows(self._conninfo, _SQL["watched"])[0]["runs"])

    def _read(self) -> list[dict[str, Any]]:
        found = rows(self._conninfo, _SQL["changes"], after=self._after - _AGAIN)
        new = [one for one in found if self._newly((one.pop("datastream"), one["since"]))]
        self._after = max([self._after, *(one["seen_at"] for one in new)])
        return new


def followed(more: Callable[[], list[dict[str, Any]]], pause: Callable[[], object]) -> Iterator[dict[str, Any]]:
    """Yield what comes, pausing in between, until somebody interrupts it."""
    while True:
        yield from more()
        pause()


def gaps(conninfo: str, sensor: str, first: datetime, last: datetime) -> dict[str, list[dict[str, Any]]]:
    """Return the missing intervals of a device from `first` to `last`, and the numbers that stand for nothing.

    Such a number was lost, refused, about a source that nobody registered, or was said again under a later one. Raises
    DeviceUnknownError.
    """
    device(conninfo, sensor)
    wanted = {"sensor": sensor, "first": first, "last": last}
    return {part: rows(conninfo, _SQL[part], **wanted) for part in ("gaps", "runs")}


def _key(one: dict[str, Any]) -> Hashable:
    return (one["received_at"], one["source"], one["started_at"], one["refused"], one["detail"], one["value"])


def _with_flags(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"quality_flags": [flag.name for flag in named(one["quality_flags"] or 0)]}
