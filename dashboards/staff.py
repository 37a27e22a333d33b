"""The database as Grafana has it: the connection of its role, the time there, and the first line of what it refuses."""

from datetime import datetime
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

StaffConnection: TypeAlias = psycopg.Connection[tuple[Any, ...]]


def connect(conninfo: str, purpose: str) -> StaffConnection:
    """Connect as `grafana_staff` with the settings that Grafana uses; `purpose` names the session.

    Raises psycopg.OperationalError when the database is away.
    """
    named = make_conninfo(conninfo, user="grafana_staff", application_name=purpose, connect_timeout=5)
    connection: StaffConnection = psycopg.connect(named, autocommit=True)
    connection.execute("SET timezone = 'UTC'")
    return connection


def now(connection: StaffConnection) -> datetime:
    """Give the time of the database."""
    return connection.execute("SELECT now()").fetchall()[0][0]  # type: ignore[no-any-return] # a timestamptz is one


def first_line(error: Exception) -> str:
    """Give what an error says, without the place in the query and the hints that follow."""
    return str(error).partition("\n")[0]
