"""Asking the database, as role `api`: named queries in, rows out, and one error when it is away."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from schemas import named_sql

Row: TypeAlias = Mapping[str, Any]
_AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
_PATIENCE: Final = 2.0  # seconds until a visitor hears that the database is away


class StoreUnavailableError(Exception):
    """The database does not answer or took too long; nothing is lost, ask again in a moment."""


def _load() -> Mapping[str, str]:
    folder = files("opendata") / "queries"
    texts = [path.read_text("utf-8") for path in folder.iterdir() if path.name.endswith(".sql")]
    return MappingProxyType(dict(named_sql.parse("\n".join(texts))))


QUERIES: Final = _load()
"""Every query of the folder `queries`, by its name."""


class Database:
    """A small pool of read-only connections; opens on first use, so that the site starts while the database is away."""

    def __init__(self, conninfo: str) -> None:
        """Prepare a pool; nothing is connected yet."""
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]] = AsyncConnectionPool(
            make_conninfo(conninfo, user="api", application_name="doorfiets web", connect_timeout=2),
            kwargs={"row_factory": dict_row, "autocommit": True},
            open=False,
            min_size=1,
            max_size=8,
            max_waiting=64,
            timeout=_PATIENCE,
            reconnect_timeout=5,
        )

    async def open(self) -> None:
        """Start connecting, without waiting for it."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._pool.close()

    async def rows(self, query: str, **values: object) -> list[DictRow]:
        """Answer all rows of a named query; raise StoreUnavailableError when the database is away."""
        async with self._cursor() as cursor:
            await cursor.execute(QUERIES[query].encode(), values)
            return await cursor.fetchall()

    async def row(self, query: str, **values: object) -> DictRow | None:
        """Answer the first row of a named query, or None."""
        rows = await self.rows(query, **values)
        return rows[0] if rows else None

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[psycopg.AsyncCursor[DictRow]]:
        try:
            async with self._pool.connection() as connection, connection.cursor() as cursor:
                yield cursor
        except _AWAY as error:
            raise StoreUnavailableError from error
