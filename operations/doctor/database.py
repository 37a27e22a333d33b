"""Checks of PostgreSQL: its version and extension, the schema, the clock, and that readers cannot write."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from operations.database import reader, rows, statements
from operations.doctor.checks import DoubtfulError, NotAsExpectedError, graded, since

SQL: Final = statements("doctor/doctor.sql")
READERS: Final = ("api", "grafana_staff", "grafana_public")
"""The roles that may read only."""

_APART: Final = 2.0  # seconds between two clocks
_FAR_APART: Final = 60.0


def database_answers(conninfo: str) -> str:
    """Measure whether the database answers, and after how long."""
    began = time.monotonic()
    with reader(conninfo) as connection:
        version = connection.info.server_version
        return f"PostgreSQL {version // 10_000}.{version % 10_000} at {connection.info.host}, {since(began)}"


def timescaledb_is_there(conninfo: str) -> str:
    """Measure the version of TimescaleDB; raise NotAsExpectedError where this database has none."""
    (found,) = rows(conninfo, SQL["versions"])
    if found["timescaledb"] is None:
        raise NotAsExpectedError(f"PostgreSQL {found['server']} answers, without TimescaleDB in this database")
    failed = rows(conninfo, SQL["jobs"])
    if failed:
        raise DoubtfulError(f"TimescaleDB {found['timescaledb']}, of which job {failed[0]['proc_name']} failed")
    return f"TimescaleDB {found['timescaledb']}"


def schema_is_newest(conninfo: str, migrations: Collection[str]) -> str:
    """Measure which of our migrations are applied; raise NotAsExpectedError where some are not, or others are."""
    applied = {row["name"] for row in rows(conninfo, SQL["applied_migrations"])}
    if missing := sorted(set(migrations) - applied):
        raise NotAsExpectedError(f"{len(missing)} migrations are not applied, the first {missing[0]}")
    if unknown := sorted(applied - set(migrations)):
        raise NotAsExpectedError(f"{unknown[0]} is applied, and this program does not have it: it is older")
    return f"all {len(applied)} migrations are applied, the newest {max(applied)}"


def clocks_agree(conninfo: str, now: Callable[[], datetime]) -> str:
    """Measure how far the clock of the database is from ours; doubtful from 2 s on, wrong from a minute on."""
    (found,) = rows(conninfo, SQL["clock"])
    apart = abs((now() - found["now"]).total_seconds())
    measured = f"the clock of the database is {apart:.1f} s from the one here"
    return graded(measured, doubtful=apart >= _APART, wrong=apart >= _FAR_APART)


def readers_cannot_write(conninfo: str) -> str:
    """Measure that no reading role may change a table or make one, even where it lifts its own limits."""
    for role in READERS:
        with psycopg.connect(make_conninfo(conninfo, user=role, connect_timeout="3"), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            if found := connection.execute(SQL["writable"].encode()).fetchall():
                raise NotAsExpectedError(f"{role} may write to {len(found)} relations, such as {found[0][0]}")
            _makes_nothing(connection, role)
    return f"{', '.join(READERS)} may write nowhere"


def _makes_nothing(connection: psycopg.Connection[Any], role: str) -> None:
    with suppress(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TEMP TABLE doctor_was_here ()")
        raise NotAsExpectedError(f"{role} may make temporary tables")
