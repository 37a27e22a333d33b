"""What the stages measure about themselves, in table `stage`: anew every second, so none of it need be durable."""

from datetime import datetime
from typing import Final, NamedTuple

from streams.domain.live_edge import LiveEdge, Waiting
from streams.sinks.connection import ReconnectingConnection, statements

_SQL: Final = statements("stage.sql")


class Stored(NamedTuple):
    """How it is before `aggregate`.

    Records of the log to store, and until when what was published is in it, and stored.
    """

    backlog: int
    received_until: datetime | None
    stored_until: datetime | None


class Aggregated(NamedTuple):
    """How it is with `aggregate`: hours that wait, and until when all that was published is in the sums."""

    backlog: int
    aggregated_until: datetime | None


class Stages:
    """PostgreSQL as a worker uses it to say how it is."""

    def __init__(self, conninfo: str, role: str) -> None:
        self._database = ReconnectingConnection(conninfo, role, durable=False)

    async def drop(self) -> None:
        """Close the connection; the next use opens it again."""
        await self._database.drop()

    async def store_measured(self, worker: str, backlog: int) -> Stored:
        """Write down how many records of the log a worker has still to store."""
        connection = await self._database.open()
        cursor = await connection.execute(_SQL["store_measured"], {"worker": worker, "backlog": backlog})
        return Stored(backlog, *(await cursor.fetchone() or (None, None)))

    async def aggregate_measured(self, edge: LiveEdge) -> Aggregated:
        """Write down how many hours wait, and until when all that was published is aggregated."""
        connection = await self._database.open()
        *now, backlog = await (await connection.execute(_SQL["waiting"])).fetchone() or ()
        waiting = Waiting(*now)
        edge.seen(waiting)
        measured = {"backlog": backlog, "until": edge.until, "stored_until": waiting.stored_until}
        cursor = await connection.execute(_SQL["aggregate_measured"], measured)
        return Aggregated(backlog, *(await cursor.fetchone() or (None,)))
