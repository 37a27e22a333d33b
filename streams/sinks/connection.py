"""One connection to PostgreSQL, opened again when it broke, with the time limits that a writer needs."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from schemas import named_sql
from schemas.long_session import LONG_SESSION
from streams.sinks import arrays

_NOT_DURABLE: Final = "-c synchronous_commit=off"

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


def statements(name: str) -> Mapping[str, str]:
    """Read the named statements of a `.sql` file, by its path from the folder of this module."""
    return named_sql.parse((files("streams.sinks") / name).read_text("utf-8"))


class ReconnectingConnection:
    """A connection as one role that is there when it is needed."""

    def __init__(self, conninfo: str, role: str, *, durable: bool = True) -> None:
        """Describe the connection; what is not `durable` does not wait for the disk."""
        self._conninfo = conninfo
        self._role = role
        self._limits = {**LONG_SESSION}
        if not durable:
            self._limits["options"] += f" {_NOT_DURABLE}"
        self._connection: Connection | None = None

    async def open(self) -> Connection:
        """Give the connection, a new one if there is none or the old one broke."""
        if self._connection is None or self._connection.closed:
            self._connection = await self._connect()
        return self._connection

    async def drop(self) -> None:
        """Close the connection: what it had not committed is undone."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            make_conninfo(self._conninfo, user=self._role, application_name=f"doorfiets-{self._role}", **self._limits),
            autocommit=True,
            prepare_threshold=0,
        )
        arrays.register(connection)
        return connection
