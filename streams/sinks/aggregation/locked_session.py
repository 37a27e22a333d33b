"""A session of `aggregate`: a connection that holds a lock and has a workplace of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streams.sinks.aggregation.recomputation import SQL, prepare
from streams.sinks.connection import Connection, ReconnectingConnection


class LockedSession:
    """One of the sessions in which `aggregate` works; each may be held by one process only."""

    def __init__(self, conninfo: str, lock: str) -> None:
        """Describe the session whose lock the named statement takes; nothing happens yet."""
        self._database = ReconnectingConnection(conninfo, "aggregate")
        self._lock = lock
        self._held: Connection | None = None

    async def drop(self) -> None:
        """Close the connection, and with it give up the lock."""
        await self._database.drop()

    async def hold(self) -> bool:
        """Take the lock if nobody has it; tell whether it is ours."""
        connection = await self._database.open()
        if connection is not self._held:
            taken = await (await connection.execute(SQL[self._lock])).fetchone()
            if not (taken and taken[0]):
                return False
            await prepare(connection)
            self._held = connection
        return True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Work in one transaction."""
        connection = await self._database.open()
        async with connection.transaction():
            yield connection
