"""The sessions of readers, as the one sees them who may end those that take too long."""

from datetime import datetime
from typing import Final, NamedTuple

from streams.sinks.connection import ReconnectingConnection, statements

_SQL: Final = statements("readers.sql")


class Overlong(NamedTuple):
    """A session that was ended: its role, its process, and when its transaction began."""

    role: str
    pid: int
    since: datetime


class Readers:
    """PostgreSQL as `aggregate` uses it to keep readers within their limits (table `reader_limit`)."""

    def __init__(self, conninfo: str) -> None:
        self._database = ReconnectingConnection(conninfo, "aggregate")

    async def drop(self) -> None:
        """Close the connection; the next use opens it again."""
        await self._database.drop()

    async def end_overlong(self) -> list[Overlong]:
        """End the sessions that are over their limits; answer which."""
        cursor = await (await self._database.open()).execute(_SQL["end_overlong_readers"])
        return [Overlong(*row) for row in await cursor.fetchall()]
