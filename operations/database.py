"""Connections to the platform's database for operators, with time limits: read-only, or for what they enter."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from schemas import named_sql

_READER: Final = "backup"


class DatabaseSilentError(psycopg.OperationalError):
    """The database does not answer at its address; start it, or set DOORFIETS_POSTGRES to where it is."""


def statements(name: str) -> Mapping[str, str]:
    """Return the statements of a `.sql` file of this package, by name."""
    return named_sql.parse((files("operations") / name).read_text("utf-8"))


def reader(conninfo: str) -> psycopg.Connection[Any]:
    """Connect read-only; raise psycopg.OperationalError within some seconds where that fails.

    Where no server answers it is a DatabaseSilentError, with the address.
    """
    return _connected(conninfo, _READER, "-c statement_timeout=5000 -c TimeZone=UTC")


def console(conninfo: str) -> psycopg.Connection[Any]:
    """Connect as role `console`, for what people enter; raises what `reader` raises."""
    return _connected(conninfo, "console", "-c lock_timeout=3000 -c TimeZone=UTC")


def _connected(conninfo: str, role: str, options: str) -> psycopg.Connection[Any]:
    whole = make_conninfo(conninfo, user=role, connect_timeout="3", options=options)
    with answering(conninfo):
        return psycopg.connect(whole, autocommit=True)


@contextmanager
def answering(conninfo: str) -> Iterator[None]:
    """Do what needs the database; where no server answers raise DatabaseSilentError, with the address.

    What a server says itself, such as that it does not know the role, is raised as it is.
    """
    try:
        yield
    except DatabaseSilentError:
        raise
    except psycopg.OperationalError as problem:
        if problem.sqlstate is not None or "FATAL: " in str(problem):
            raise
        raise DatabaseSilentError(_silent(conninfo, str(problem))) from problem


def rows(conninfo: str, statement: str, **values: object) -> list[dict[str, Any]]:
    """Return the rows of one statement, each by the names of its columns; raise what `reader` raises."""
    with reader(conninfo) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), values).fetchall()


def _silent(conninfo: str, problem: str) -> str:
    at = conninfo_to_dict(conninfo)
    (why, *_) = problem.rpartition("failed: ")[2].splitlines() or [""]
    return (
        f"the database does not answer at {at.get('host', 'localhost')}:{at.get('port', 5432)} ({why});"
        " start it, with `doorfiets up` where it is the local one"
    )
