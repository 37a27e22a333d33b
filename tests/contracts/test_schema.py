"""The schema: what its files say is what migrations end in, and a database of before is refused whole."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from deploy.cli import exit_code
from deploy.local.stack import Stack
from deploy.migrate import ForeignSchemaError, MigrationChangedError, migrate, migrations, schema
from schemas import named_sql
from schemas.failures import FAILED
from tests.conftest import superuser

pytestmark = pytest.mark.contracts

CATALOGUE: Final = named_sql.parse(Path(__file__).with_name("catalogue.sql").read_text("utf-8"))["catalogue"]
BOOKKEEPING: Final = b"""
    CREATE TABLE IF NOT EXISTS public.schema_migration (
        name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


@pytest.fixture
def empty(stack: Stack) -> Iterator[str]:
    """Make a database with nothing in it."""
    with _database(stack) as conninfo:
        yield conninfo


def test_migrations_end_in_the_schema(stack: Stack, own_database: tuple[str, str]) -> None:
    """Tables, columns, constraints, indexes, functions, triggers, views and rights: all that one has, the other has."""
    with _database(stack) as written:
        with psycopg.connect(written) as connection:
            for _, text in schema():
                connection.execute(text.encode())
        assert _catalogue(own_database[1]) == _catalogue(written)


def test_the_catalogue_sees_every_kind_of_thing(own_database: tuple[str, str]) -> None:
    """What it would not see it could not miss."""
    kinds = {name.split()[0] for name in _catalogue(own_database[1])}
    assert kinds >= {"schema", "relation", "column", "constraint", "index", "trigger", "routine"}
    assert kinds >= {"right", "language", "rights", "hypertable"}


def test_migrating_twice_changes_nothing(empty: str) -> None:
    """The first time all, the second time none."""
    assert migrate(empty) == [one.name for one in migrations()]
    assert migrate(empty) == []


def test_a_database_of_before_is_refused_with_the_remedy(empty: str) -> None:
    """It was made by migrations that are no more; nothing of it is touched."""
    _applied(empty, "0001_schemas_and_roles.sql", "0002_registry.sql")
    with pytest.raises(
        ForeignSchemaError, match=r"before the first release.*`make clean`.*import the history again"
    ) as refused:
        migrate(empty)
    assert exit_code(refused.value) == FAILED
    assert _schemas(empty) == set()


def test_a_database_of_a_newer_program_is_refused(empty: str) -> None:
    """Whoever went back to an older program is told which one the database needs."""
    migrate(empty)
    _applied(empty, "9000_from_tomorrow.sql")
    with pytest.raises(ForeignSchemaError, match=r"newer program \(9000_from_tomorrow.sql;"):
        migrate(empty)


def test_a_migration_that_was_applied_with_other_content_is_refused(empty: str) -> None:
    """What was released is not edited."""
    _applied(empty, migrations()[0].name)
    with pytest.raises(MigrationChangedError, match="write the change as a new migration"):
        migrate(empty)
    assert _schemas(empty) == set()


@contextmanager
def _database(stack: Stack) -> Iterator[str]:
    name, server = f"schema_{uuid4().hex[:12]}", make_conninfo(superuser(stack), dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _applied(conninfo: str, *names: str) -> None:
    """Say of a database that these migrations were applied to it, as the program of their time did."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(BOOKKEEPING)
        for name in names:
            connection.execute("INSERT INTO public.schema_migration (name, digest) VALUES (%s, 'of then')", [name])


def _schemas(conninfo: str) -> set[str]:
    with psycopg.connect(conninfo) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname IN ('doorfiets', 'api')").fetchall()
    return {name for (name,) in found}


def _catalogue(conninfo: str) -> Mapping[str, str]:
    with psycopg.connect(conninfo) as connection:
        return dict(connection.execute(CATALOGUE.encode(), {"schemas": ["doorfiets", "api"]}).fetchall())
