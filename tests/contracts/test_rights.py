"""What the roles of readers and writers cannot do, tried on the real server with their own passwords."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from streams.sinks.aggregation.aggregate_store import AggregateStore
from streams.sinks.readers import Readers
from tests.contracts.processing import StoreAndAggregate

pytestmark = pytest.mark.contracts

READERS = ("ingest", "api", "grafana_staff", "grafana_public")
ROLES = (*READERS, "registrar", "store", "aggregate", "quality", "replay", "watch", "console", "backup")
LIMITS = (
    b"SET statement_timeout = 0; SET default_transaction_read_only = off; SET idle_in_transaction_session_timeout = 0"
)
LONG = b"SELECT count(*) FROM generate_series(1, 10000) a, generate_series(1, 10000) b, generate_series(1, 10000) c"
"""Takes hours and writes no temporary file, of which a reader has only so much."""

FORBIDDEN = {
    "the lock of aggregate": "SELECT pg_advisory_lock(7364202)",
    "the lock of aggregate if it is free": "SELECT pg_try_advisory_lock(7364202)",
    "a shared lock": "SELECT pg_advisory_lock_shared(7364203)",
    "a lock until the end of a transaction": "SELECT pg_advisory_xact_lock(7364204, 1)",
    "a large object": "SELECT lo_create(0)",
    "a large object with content": "SELECT lo_from_bytea(0, 'x')",
    "a temporary table": "CREATE TEMP TABLE mine (a int)",
    "a table": "CREATE TABLE api.mine (a int)",
    "a table in public": "CREATE TABLE public.mine (a int)",
    "a schema": "CREATE SCHEMA mine",
    "a database": "CREATE DATABASE mine",
    "a program of its own": "DO $$ BEGIN LOOP END LOOP; END $$",
    "sleep": "SELECT pg_sleep(1)",
    "a notice": "SELECT pg_notify('a', 'b')",
    "WAL": "SELECT pg_logical_emit_message(false, 'a', 'b')",
    "a transaction id": "SELECT pg_current_xact_id()",
    "an old transaction id": "SELECT txid_current()",
    "a signal": "SELECT pg_terminate_backend(pg_backend_pid())",
    "SQL in a text": "SELECT query_to_xml('SELECT 1', true, true, '')",
    "another role": "SET ROLE aggregate",
    "larger temporary files": "SET temp_file_limit = -1",
    "a setting of the server": "ALTER SYSTEM SET work_mem = '1MB'",
    "a program of the server": "COPY (SELECT 1) TO PROGRAM 'true'",
    "what was observed": "SELECT FROM doorfiets.observation",
    "the marks": "LOCK TABLE doorfiets.dirty_hour IN ACCESS SHARE MODE",
    "a view, for itself": "LOCK TABLE api.site IN ROW EXCLUSIVE MODE",
    "the sessions of others": "SELECT doorfiets.end_overlong_readers()",
    "a hypertable": "SELECT public.create_hypertable('api.site', 'site')",
    "a job": "SELECT public.add_job('pg_catalog.version', '1 second')",
}


@pytest.mark.parametrize("role", READERS)
def test_a_reader_can_do_nothing_but_read(processing: StoreAndAggregate, role: str) -> None:
    """Even where it has lifted what limits it can: it takes no lock, leaves nothing behind, runs no code of its own."""
    assert _allowed(processing, role) == []


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_a_reader_connects_to_our_database_only(processing: StoreAndAggregate, role: str, database: str) -> None:
    """Not to those that come with a server."""
    with _login(processing, role):
        pass
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(make_conninfo(processing.conninfo, dbname=database, user=role))


def test_nobody_but_aggregate_can_take_an_advisory_lock(processing: StoreAndAggregate) -> None:
    """By no function of any name, in no form: what makes `aggregate` the only one is out of everybody's reach."""
    able = processing.rows(
        "SELECT DISTINCT r.rolname FROM pg_roles r CROSS JOIN pg_proc p"
        " WHERE p.proname LIKE '%%advisory%%' AND NOT r.rolsuper AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
    )
    assert able == [("aggregate",), ("owner",)]
    assert processing.row("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'owner'") == (False,)  # it only lends them


@pytest.mark.parametrize("role", ["store", "registrar", "quality", "console", "backup"])
def test_other_writers_have_no_rights_that_they_do_not_need(processing: StoreAndAggregate, role: str) -> None:
    """Locks by number, temporary tables, large objects and foreign sessions are not for them either."""
    assert set(_allowed(processing, role)) <= {"what was observed", "the marks"}


async def test_aggregate_is_the_only_one_though_a_reader_tried(processing: StoreAndAggregate) -> None:
    """The reader's session is still there, and so is the second `aggregate`."""
    with _login(processing, "api") as reader:
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(b"SELECT pg_try_advisory_lock(7364202)")
        assert await processing.aggregate_store.alone()
        second = AggregateStore(processing.conninfo)
        assert not await second.alone()
        await second.drop()


@pytest.mark.parametrize("lasting", ["statement", "transaction"])
async def test_a_reader_that_lifted_its_limits_is_ended(processing: StoreAndAggregate, lasting: str) -> None:
    """Whether it asks for ever or holds its transaction open; nobody else is."""
    processing.database.execute("INSERT INTO doorfiets.reader_limit VALUES ('api', '1 second', '1 second')")
    with _login(processing, "grafana_public") as other, _login(processing, "api") as reader:
        other.execute(b"BEGIN; SELECT 1")
        reader.execute(LIMITS)
        requesting = asyncio.to_thread(reader.execute, LONG if lasting == "statement" else b"BEGIN; SELECT 1")
        reported = asyncio.gather(requesting, return_exceptions=True)
        assert await _ended(processing) == [("api", reader.info.backend_pid)]
        await reported
        with pytest.raises(psycopg.OperationalError):
            reader.execute(b"SELECT 1")
        other.execute(b"SELECT 1; COMMIT")


def test_every_reader_has_limits_that_it_cannot_lift(database: psycopg.Connection[Any]) -> None:
    """Each has a row, and files that only a superuser lets grow."""
    limited = {role for (role,) in database.execute("SELECT role FROM doorfiets.reader_limit")}
    configured = dict(
        database.execute("SELECT rolname, rolconfig FROM pg_roles WHERE rolname = ANY (%s)", [list(READERS)])
    )
    assert limited == set(configured) == set(READERS)
    assert all("temp_file_limit=256MB" in settings for settings in configured.values())


async def _ended(processing: StoreAndAggregate) -> list[tuple[str, int]]:
    """Look as often as it takes until somebody is over a limit."""
    readers = Readers(processing.conninfo)
    try:
        async with asyncio.timeout(60):
            ended = await readers.end_overlong()
            while not ended:
                await asyncio.sleep(0.1)
                ended = await readers.end_overlong()
    finally:
        await readers.drop()
    return [(one.role, one.pid) for one in ended]


def _allowed(processing: StoreAndAggregate, role: str) -> list[str]:
    """Try everything as a role; name what did not fail for want of a right."""
    allowed = []
    with _login(processing, role) as connection:
        connection.execute(LIMITS)
        for name, statement in FORBIDDEN.items():
            apart = statement.startswith(("CREATE DATABASE", "ALTER SYSTEM"))
            try:
                with _nothing() if apart else connection.transaction(force_rollback=True):
                    connection.execute(b"SET statement_timeout = '2s'")
                    connection.execute(statement.encode())
            except errors.InsufficientPrivilege:
                continue
            except psycopg.Error as problem:
                allowed.append(f"{name}: {problem}")
            else:
                allowed.append(name)
    return allowed


@contextmanager
def _login(processing: StoreAndAggregate, role: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(processing.conninfo, user=role, autocommit=True) as connection:
        yield connection


@contextmanager
def _nothing() -> Iterator[None]:
    yield
