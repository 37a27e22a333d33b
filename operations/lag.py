"""The watermark as the database has it: until when what was published is processed, and what waits."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from psycopg.rows import class_row

from operations.database import reader, statements

LAGS: Final = timedelta(seconds=10)
"""The lag from which on commands say that the platform lags."""

_SQL: Final = statements("lag.sql")


class Lag(NamedTuple):
    """The row of `api.watermark` at `queried_at`, and the hours that cannot be computed (None: not known)."""

    queried_at: datetime
    received_until: datetime | None
    stored_until: datetime | None
    aggregated_until: datetime | None
    receive_backlog: int | None
    store_backlog: int | None
    aggregate_backlog: int | None
    store_measured_at: datetime | None
    aggregate_measured_at: datetime | None
    failed_hours: int

    def behind(self, until: datetime | None) -> timedelta | None:
        """Return how long ago an instant of the watermark was; None where it is not known."""
        return None if until is None else max(timedelta(0), self.queried_at - until)


def ask(conninfo: str) -> Lag:
    """Read the watermark; raise psycopg.OperationalError when it does not answer within some seconds."""
    with reader(conninfo) as connection, connection.cursor(row_factory=class_row(Lag)) as cursor:
        return cursor.execute(_SQL["lag"].encode()).fetchall()[0]


def storing_lags(lag: Lag) -> str | None:
    """Return a sentence when storing lags by LAGS or more; None where it does not, or where that is not known."""
    behind = lag.behind(lag.stored_until)
    if lag.stored_until is None or behind is None or behind < LAGS:
        return None
    waiting = "" if lag.store_backlog is None else f" ({lag.store_backlog:,} records of the log wait)"
    return (
        f"The platform lags: what was published until {lag.stored_until:%Y-%m-%d %H:%M:%SZ} is stored,"
        f" {behind.total_seconds():,.0f} s behind{waiting}."
    )
