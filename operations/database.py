"""The platform's database as operators read it: everything may be read, nothing written, and nobody waits for long."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from schemas import named_sql

_READER: Final = "backup"


class DatabaseSilentError(psycopg.OperationalError):
    """The database does not answer where it should be; start it, or say with DOORFIETS_POSTGRES where it is."""


def statements(name: str) -> Mapping[str, str]:
    """Give the named statements of one of our SQL files."""
    return named_sql.parse((files("operations") / name).read_text("utf-8"))


def reader(conninfo: str) -> psycopg.Connection[Any]:
    """Connect as one who may read everything and write nothing; raise psycopg.OperationalError in some seconds.

    It is a DatabaseSilentError, with the address, where none answers; one that answers says why it refuses.
    """
    options = "-c statement_timeout=5000 -c TimeZone=UTC"
    whole = make_conninfo(conninfo, user=_READER, connect_timeout="3", options=options)
    try:
        return psycopg.connect(whole, autocommit=True)
    except psycopg.OperationalError as problem:
        if "FATAL: " in str(problem):
            raise
        raise DatabaseSilentError(_silent(conninfo, str(problem))) from problem


def rows(conninfo: str, statement: str, **values: object) -> list[dict[str, Any]]:
    """Give the rows of one statement, each by the names of its columns; raise what `reader` raises."""
    with reader(conninfo) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), values).fetchall()


def _silent(conninfo: str, problem: str) -> str:
    at = conninfo_to_dict(conninfo)
    (why, *_) = problem.rpartition("failed: ")[2].splitlines() or [""]
    return (
        f"the database does not answer at {at.get('host', 'localhost')}:{at.get('port', 5432)} ({why});"
        " start it, with `doorfiets up` where it is the local one"
    )
