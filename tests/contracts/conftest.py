"""Fixtures of the contracts: a database of their own on the real server, empty for each test."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.local.stack import Stack
from deploy.migrate import migrate
from tests.conftest import superuser
from tests.contracts.processing import StoreAndAggregate, load, small
from tests.opendata import city

# A TRUNCATE makes new files for each table that it names, those that nobody wrote to included
_EMPTY = """
DO $$ DECLARE
    named text;
    filled boolean;
    written text[] := '{}';
BEGIN
    FOR named IN SELECT format('doorfiets.%I', tablename) FROM pg_tables WHERE schemaname = 'doorfiets' LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || named || ')' INTO filled;
        IF filled THEN written := written || named; END IF;
    END LOOP;
    IF written <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(written, ', ') || ' CASCADE'; END IF;
    PERFORM setval(format('doorfiets.%I', sequencename), start_value, false)
    FROM pg_sequences WHERE schemaname = 'doorfiets' AND last_value IS NOT NULL;
END $$
"""


@pytest.fixture(scope="session")
def own_database(stack: Stack) -> Iterator[tuple[str, str]]:
    """Make a database with our tables; give its connection string without user, and the superuser's."""
    name, server = f"mill_{uuid4().hex[:12]}", make_conninfo(superuser(stack), dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            own = make_conninfo(server, dbname=name)
            migrate(own)
            yield make_conninfo(str(stack.settings().postgres), dbname=name), own
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def processing(own_database: tuple[str, str]) -> AsyncIterator[StoreAndAggregate]:
    """Give the processing over an empty database with the small registry."""
    with psycopg.connect(own_database[1], autocommit=True) as connection:
        connection.execute(_EMPTY)
    load(own_database[0], small())
    made = StoreAndAggregate(*own_database)
    yield made
    await made.close()


@pytest.fixture(scope="module")
def conninfo(stack: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the invented city, of the module's SEEDS if it names some, in a database of its own, without a user."""
    seeds = getattr(request.module, "SEEDS", (city.SEED,))
    with city.database(superuser(stack), f"city_of_{request.path.stem}", seeds) as found:
        yield found


@pytest.fixture(scope="module")
def site(conninfo: str) -> Iterator[httpx.Client]:
    """Visit a site that serves it."""
    with city.visitor(city.settings(conninfo)) as client:
        yield client


@pytest.fixture
def owner(conninfo: str, stack: Stack) -> Iterator[psycopg.Connection]:
    """Connect to it as somebody who may change everything, each statement at once."""
    name = str(conninfo_to_dict(conninfo)["dbname"])
    with psycopg.connect(superuser(stack), dbname=name, autocommit=True) as connection:
        yield connection
