"""Waiting until what was sent is stored and aggregated, with progress and an end when there is none."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import psycopg

from operations.database import reader, statements
from operations.log_ends import Ends, unstored
from schemas.failures import CheckFailedError

STALLED: Final = 120.0
"""Seconds without progress after which waiting ends."""

_LOOK: Final = 0.5
_SQL: Final = statements("completion.sql")


class NotProcessedError(CheckFailedError):
    """What was sent is not processed, and there is no progress; it is in Kafka, and nothing of it is lost."""


class ObservedRange(NamedTuple):
    """The range of what was sent: the starts of its first and its last interval."""

    first: datetime
    last: datetime


class Waits(NamedTuple):
    """What is left: records of the log to be stored, hours of the range and of all ranges to be aggregated.

    `failed` counts hours of the range that cannot be computed; they are not waited for.
    """

    records: int
    hours: int
    all_hours: int
    failed: int

    def __str__(self) -> str:
        """Return it as a phrase for a line of progress."""
        return f"{self.records:,} records to store, {self.hours:,} hours to aggregate"


class Completion:
    """The processing of what is in the log below `until` and has observations in a range."""

    def __init__(self, conninfo: str, until: Ends, span: ObservedRange) -> None:
        """Describe it; the database is asked by `look` and `wait`."""
        self._conninfo = conninfo
        self._until = until
        self._span = span
        self._stored_at: datetime | None = None

    def look(self) -> Waits:
        """Return what is left; hours that were marked after all was stored are not counted.

        Raises psycopg.OperationalError when the database does not answer.
        """
        with reader(self._conninfo) as connection:
            records = unstored(connection, self._until)
            parameters = {**self._span._asdict(), "stored_at": self._stored_at}
            (now, *hours) = connection.execute(_SQL["hours"].encode(), parameters).fetchall()[0]
        if not records and self._stored_at is None:
            self._stored_at = now
        return Waits(records, *hours)

    def wait(self, tell: Callable[[Waits], None], patience: float = STALLED) -> Waits:
        """Wait until all is stored and aggregated, calling `tell` after every look; return the last one.

        Raises NotProcessedError after `patience` seconds without progress.
        """
        best, moved_at = None, time.monotonic()
        while True:
            now = self._look_again()
            if now is not None:
                tell(now)
                if not now.records and not now.hours:
                    return now
                if best is None or _progressed(best, now):
                    best, moved_at = now, time.monotonic()
            if time.monotonic() - moved_at > patience:
                raise _stalled(now or best, patience)
            time.sleep(_LOOK)

    def _look_again(self) -> Waits | None:
        try:
            return self.look()
        except psycopg.OperationalError:  # the database may come back; patience ends in any case
            return None


def _progressed(before: Waits, now: Waits) -> bool:
    return any(new < old for new, old in zip(now[:3], before[:3], strict=True))


def _stalled(waits: Waits | None, patience: float) -> NotProcessedError:
    if waits is None:
        return NotProcessedError(f"the database did not answer for {patience:.0f} s; see `doorfiets status`")
    idle = "store" if waits.records else "aggregate"
    return NotProcessedError(
        f"{waits}, and nothing went on for {patience:.0f} s: is `{idle}` at work? See `doorfiets status` and"
        f" `doorfiets logs {idle}`; nothing is lost, and it goes on when that one does"
    )
