"""What the stages measure about themselves, in table `stage`: anew every second, so none of it need be durable."""

from typing import Final

from streams.domain.live_edge import LiveEdge, Waiting
from streams.sinks.connection import Line, statements

_SQL: Final = statements("stage.sql")


class Stages:
    """PostgreSQL as a worker uses it to say how it is."""

    def __init__(self, conninfo: str, role: str) -> None:
        self._line = Line(conninfo, role, durable=False)

    async def drop(self) -> None:
        """Close the connection; the next use opens it again."""
        await self._line.drop()

    async def store_measured(self, worker: str, backlog: int) -> None:
        """Write down how many records of the log a worker has still to store."""
        connection = await self._line.open()
        await connection.execute(_SQL["store_measured"], {"worker": worker, "backlog": backlog})

    async def aggregate_measured(self, edge: LiveEdge) -> None:
        """Write down how many hours wait, and until when all that was published is aggregated."""
        connection = await self._line.open()
        *now, backlog = await (await connection.execute(_SQL["waiting"])).fetchone() or ()
        waiting = Waiting(*now)
        edge.seen(waiting)
        measured = {"backlog": backlog, "until": edge.until, "stored_until": waiting.stored_until}
        await connection.execute(_SQL["aggregate_measured"], measured)
