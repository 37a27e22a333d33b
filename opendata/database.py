"""Asking the database, as role `api`: named queries in, rows out, one moment for all of an answer, one error."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from importlib.resources import files
from select import select
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias
from weakref import WeakKeyDictionary

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from schemas import named_sql

Row: TypeAlias = Mapping[str, Any]
Connection: TypeAlias = psycopg.AsyncConnection[DictRow]
_AWAY: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.InFailedSqlTransaction,  # what was asked before it in the same moment was not answered
    PoolTimeout,
)
CONNECTIONS: Final = 8
"""Of one process, by default."""
ANSWER_SECONDS: Final = 2.0
"""How long one question of a page or of JSON may take."""
SHEET_SECONDS: Final = 10.0
"""How long one question of a sheet may take, which is read in pieces; less than what `reader_limit` lets a reader."""
LOOK_SECONDS: Final = 1.0
"""How long a look may take that all answers wait for."""
_MOST_SECONDS: Final[ContextVar[float | None]] = ContextVar("seconds of a question", default=None)
_PATIENCE: Final = 2.0  # seconds until a visitor learns that the database is away
_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class DatabaseUnavailableError(Exception):
    """The database does not answer or took too long; nothing is lost, ask again in a moment."""


class QuestionTooLongError(DatabaseUnavailableError):
    """The database ended a question that took longer than its kind may; ask for less, or again in a moment."""


@contextmanager
def seconds_at_most(seconds: float) -> Iterator[None]:
    """Let each question to the database that is asked within take so long."""
    token = _MOST_SECONDS.set(seconds)
    try:
        yield
    finally:
        _MOST_SECONDS.reset(token)


class RawTable(NamedTuple):
    """Rows as the database gives them, a tuple each, with the names of their columns."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


class NamedQueries(Protocol):
    """What answers named queries; every question raises DatabaseUnavailableError when the database is away."""

    async def rows(self, query: str, **values: object) -> list[DictRow]:
        """Answer all rows of a named query."""

    async def row(self, query: str, **values: object) -> DictRow | None:
        """Answer the first row of a named query, or None."""

    async def table(self, query: str, **values: object) -> RawTable:
        """Answer all rows of a named query, without making a mapping of each."""


def _load() -> Mapping[str, str]:
    folder = files("opendata") / "read"
    texts = [path.read_text("utf-8") for path in folder.iterdir() if path.name.endswith(".sql")]
    return MappingProxyType(dict(named_sql.parse("\n".join(texts))))


QUERIES: Final = _load()
"""Every query of the folder `read`, by its name."""


class Database:
    """A small pool of read-only connections; opens on first use, so that the site starts while the database is away."""

    def __init__(self, conninfo: str, answer_seconds: float = ANSWER_SECONDS, connections: int = CONNECTIONS) -> None:
        """Prepare a pool of so many; nothing is connected yet.

        A question may take so long, unless its kind says otherwise.
        """
        self._answer_seconds = answer_seconds
        self._seconds: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            make_conninfo(conninfo, user="api", application_name="doorfiets web", connect_timeout=2),
            kwargs={"row_factory": dict_row, "autocommit": True},
            configure=_prepared,
            open=False,
            min_size=1,
            max_size=connections,
            max_waiting=64,
            timeout=_PATIENCE,
            reconnect_timeout=5,
        )

    @property
    def in_use(self) -> int:
        """Count the connections that are lent."""
        reported = self._pool.get_stats()
        return max(0, reported["pool_size"] - reported["pool_available"])

    async def open(self) -> None:
        """Start connecting, without waiting for it."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._pool.close()

    async def rows(self, query: str, **values: object) -> list[DictRow]:
        """Answer all rows of a named query, as they stand now."""
        async with self.connection() as connection:
            return await _rows(connection, query, values)

    async def row(self, query: str, **values: object) -> DictRow | None:
        """Answer the first row of a named query, or None, as it stands now."""
        rows = await self.rows(query, **values)
        return rows[0] if rows else None

    async def table(self, query: str, **values: object) -> RawTable:
        """Answer all rows of a named query as tuples, as they stand now."""
        async with self.connection() as connection:
            return await _table(connection, query, values)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection; raise DatabaseUnavailableError when there is none, or when it breaks."""
        with _away():
            connection = await self._open_one()
            try:
                await self._bound(connection)
                yield connection
            finally:
                await self._pool.putconn(connection)

    async def _bound(self, connection: Connection) -> None:
        """Let the server end what takes too long, as the kind of the question wants; most find it so already."""
        wanted = _MOST_SECONDS.get() or self._answer_seconds
        if self._seconds.get(connection) != wanted:
            await connection.execute("SELECT set_config('statement_timeout', %s, false)", [f"{wanted * 1000:.0f}ms"])
            self._seconds[connection] = wanted

    async def _open_one(self) -> Connection:
        """Take a connection that is open; those that ended with the server before it was started again are replaced."""
        while _has_ended(connection := await self._pool.getconn()):
            await connection.close()
            await self._pool.putconn(connection)
        return connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Snapshot"]:
        """Answer from one moment as long as the context lasts; no connection is taken before the first question."""
        async with AsyncExitStack() as stack:
            moment = Snapshot(self, stack)
            try:
                yield moment
            finally:
                moment.over = True


class Snapshot:
    """What the database held at one moment, that of the first question; once `over`, what it holds now."""

    def __init__(self, database: Database, stack: AsyncExitStack) -> None:
        """Take the database to ask, and the stack that ends what is begun."""
        self.over = False
        self._database, self._stack = database, stack
        self._connection: Connection | None = None

    async def rows(self, query: str, **values: object) -> list[DictRow]:
        """Answer all rows of a named query, as they stood at the moment."""
        if self.over:
            return await self._database.rows(query, **values)
        with _away():
            return await _rows(await self._begun(), query, values)

    async def row(self, query: str, **values: object) -> DictRow | None:
        """Answer the first row of a named query, or None, as it stood at the moment."""
        rows = await self.rows(query, **values)
        return rows[0] if rows else None

    async def table(self, query: str, **values: object) -> RawTable:
        """Answer all rows of a named query as tuples, as they stood at the moment."""
        if self.over:
            return await self._database.table(query, **values)
        with _away():
            return await _table(await self._begun(), query, values)

    async def _begun(self) -> Connection:
        if self._connection is None:
            connection = await self._stack.enter_async_context(self._database.connection())
            self._stack.push_async_callback(_ended, connection)
            await connection.execute(_BEGIN)
            self._connection = connection
        return self._connection


async def _prepared(connection: Connection) -> None:
    """Have instants in UTC, whatever the zone of the server, and a plan of their own for every set of values.

    A plan for any values would look into tables that these values rule out. What has no values is planned once.
    """
    await connection.execute("SET timezone TO 'UTC'")
    await connection.execute("SET plan_cache_mode TO force_custom_plan")


def _has_ended(connection: Connection) -> bool:
    """Tell whether an idle connection has bytes to read, which is its end; sends nothing to the server."""
    return bool(select([connection.fileno()], [], [], 0)[0])


async def _rows(connection: Connection, query: str, values: Mapping[str, object]) -> list[DictRow]:
    async with connection.cursor() as cursor:
        await cursor.execute(QUERIES[query].encode(), values)
        return await cursor.fetchall()


async def _table(connection: Connection, query: str, values: Mapping[str, object]) -> RawTable:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(QUERIES[query].encode(), values)
        return RawTable(tuple(column.name for column in cursor.description or ()), await cursor.fetchall())


async def _ended(connection: Connection) -> None:
    """End a moment; a connection that broke has ended it already.

    It is committed, though nothing was written: after a rollback the driver forgets what it has prepared.
    """
    with suppress(*_AWAY):
        await connection.commit()


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise QuestionTooLongError from error
    except _AWAY as error:
        raise DatabaseUnavailableError from error
