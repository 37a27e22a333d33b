"""The messages that were refused, and whether more may follow."""

import asyncio
import time
from typing import Any, Final

import psycopg

from operations import lag, log_ends
from operations.database import reader, rows, statements
from operations.log_ends import Ends, EpochOf
from operations.payloads import head

_SQL: Final = statements("rejections.sql")
_MOST: Final = 1000
_PATIENCE: Final = 3.0  # seconds; without a lag records are stored within one
_LOOK: Final = 0.1


def rejections(conninfo: str, *, closed: bool = True) -> list[dict[str, Any]]:
    """Return the refused messages by reason and sensor, each with its newest message and the head of its payload.

    Those that were replayed, and of which nothing is to be done any more, only where `closed` is true.
    """
    return [row | {"payload": head(row["payload"])} for row in rows(conninfo, _SQL["rejections"], closed=closed)]


def refused(
    conninfo: str, *, id_: str | None = None, reason: str | None = None, sensor: str | None = None
) -> list[dict[str, Any]]:
    """Return refused messages with their bytes, the newest first, 1,000 at most."""
    return rows(conninfo, _SQL["refused"], id=id_, reason=reason, sensor=sensor, most=_MOST)


def on_their_way(conninfo: str, kafka: str, epoch_of: EpochOf) -> str | None:
    """Return a sentence when refusals of what is published by now may still follow; None when none can.

    What the log holds now gets some seconds to be stored first.
    """
    try:
        until = asyncio.run(log_ends.ends(kafka, epoch_of))
    except log_ends.LogSilentError as silent:
        return f"Whether more is on its way is not known: {silent}."
    with reader(conninfo) as connection:
        if waiting := _waiting(connection, until):
            return f"{waiting:,} records of the log are not yet stored, and may hold more: ask again."
    return lag.storing_lags(lag.ask(conninfo))


def _waiting(connection: psycopg.Connection[Any], until: Ends) -> int:
    deadline = time.monotonic() + _PATIENCE
    while (waiting := log_ends.unstored(connection, until)) and time.monotonic() < deadline:
        time.sleep(_LOOK)
    return waiting
