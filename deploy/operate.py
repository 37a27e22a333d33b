"""What an operator asks of a running platform: which feeds are silent or late, and what was refused."""

import asyncio
import time
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from deploy import lag, log_ends
from schemas import named_sql

_SQL: Final = named_sql.parse((files("deploy") / "operate.sql").read_text("utf-8"))
_MOST: Final = 1000
_PATIENCE: Final = 3.0  # seconds; a platform that keeps up stores within one
_LOOK: Final = 0.1


def feeds(conninfo: str, *, closed: bool = False) -> list[dict[str, Any]]:
    """Give every feed with its status, worst first; `closed` ones too when asked."""
    return _ask(conninfo, "feeds", all=closed)


def no_feeds(conninfo: str) -> str:
    """Say why there is no feed to list."""
    (registered,) = _ask(conninfo, "registered")
    if not registered["feeds"]:
        return "No feed is registered: `doorfiets registry apply`."
    return (
        f"All {registered['feeds']} registered feeds have ended, the last on {registered['ended_at']:%Y-%m-%d %H:%MZ}:"
        " `doorfiets feeds --all` lists them."
    )


def rejections(conninfo: str) -> list[dict[str, Any]]:
    """Give the refused messages by reason and sensor, each with its newest message."""
    return _ask(conninfo, "rejections")


def refused(
    conninfo: str, *, id_: str | None = None, reason: str | None = None, sensor: str | None = None
) -> list[dict[str, Any]]:
    """Give refused messages whole, the newest first, 1,000 at most."""
    return _ask(conninfo, "refused", id=id_, reason=reason, sensor=sensor, most=_MOST)


def on_their_way(conninfo: str, kafka: str) -> str | None:
    """Say in a sentence that refusals may still come of what was published by now; None when none can.

    What the log holds now gets some seconds to be stored: that is what a platform that keeps up needs.
    """
    try:
        until = asyncio.run(log_ends.ends(kafka))
    except log_ends.LogSilentError as silent:
        return f"Whether more is on its way is not known: {silent}."
    with log_ends.reader(conninfo) as connection:
        if waiting := _waiting(connection, until):
            return f"{waiting:,} records of the log are not yet stored, and may hold more: ask again."
    return lag.storing_lags(lag.ask(conninfo))


def _waiting(connection: psycopg.Connection[Any], until: log_ends.Ends) -> int:
    deadline = time.monotonic() + _PATIENCE
    while (waiting := log_ends.unstored(connection, until)) and time.monotonic() < deadline:
        time.sleep(_LOOK)
    return waiting


def failures(conninfo: str, *, whole: bool = False) -> list[dict[str, Any]]:
    """Give what was set aside because it can never be stored or computed; `whole` with its bytes, in base64."""
    return _ask(conninfo, "failures", whole=whole)


def _ask(conninfo: str, query: str, **values: object) -> list[dict[str, Any]]:
    with log_ends.reader(conninfo) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL[query].encode(), values).fetchall()
