"""Waiting until what was sent is stored and in the sums: with progress, and never for ever."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import psycopg

from operations.database import reader, statements
from operations.log_ends import Ends, unstored
from schemas.failures import CheckFailedError

STALLED: Final = 120.0
"""Seconds without any progress after which nobody should wait any longer."""

_LOOK: Final = 0.5
_SQL: Final = statements("processing.sql")


class NotProcessedError(CheckFailedError):
    """What was sent is not processed, and nothing goes on any more; it is in Kafka, and nothing of it is lost."""


class ObservedRange(NamedTuple):
    """The time in which something was seen: the starts of its first and its last interval."""

    first: datetime
    last: datetime


class Waits(NamedTuple):
    """What still waits: records of the log to be stored, hours of the span and of all spans to be aggregated.

    `failed_hour` hours of the span cannot be computed, and are waited for by nobody.
    """

    records: int
    hours: int
    all_hours: int
    failed: int

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.records:,} records to store, {self.hours:,} hours to aggregate"


class Completion:
    """What was sent until `until`, and says something of a span."""

    def __init__(self, conninfo: str, until: Ends, span: ObservedRange) -> None:
        """Describe it; nothing is asked yet."""
        self._conninfo = conninfo
        self._until = until
        self._span = span
        self._stored_at: datetime | None = None

    def look(self) -> Waits:
        """See what waits; hours that began to wait after all was stored wait for something else.

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
        """Wait until all is stored and no hour waits, telling of it again and again; answer how it was then.

        Raises NotProcessedError when nothing goes on for `patience` seconds.
        """
        best, moved_at = None, time.monotonic()
        while True:
            now = self._look_again()
            if now is not None:
                tell(now)
                if not now.records and not now.hours:
                    return now
                if best is None or _went_on(best, now):
                    best, moved_at = now, time.monotonic()
            if time.monotonic() - moved_at > patience:
                raise _stalled(now or best, patience)
            time.sleep(_LOOK)

    def _look_again(self) -> Waits | None:
        try:
            return self.look()
        except psycopg.OperationalError:  # it may start again; patience ends in any case
            return None


def _went_on(before: Waits, now: Waits) -> bool:
    return any(new < old for new, old in zip(now[:3], before[:3], strict=True))


def _stalled(waits: Waits | None, patience: float) -> NotProcessedError:
    if waits is None:
        return NotProcessedError(f"the database did not answer for {patience:.0f} s; see `doorfiets status`")
    idle = "store" if waits.records else "aggregate"
    return NotProcessedError(
        f"{waits}, and nothing went on for {patience:.0f} s: is `{idle}` at work? See `doorfiets status` and"
        f" `doorfiets logs {idle}`; nothing is lost, and it goes on when that one does"
    )
