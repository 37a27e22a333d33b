"""A database of its own for a page that applies registries."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from deploy.local.stack import Stack
from deploy.migrate import migrate
from tests.conftest import superuser


@pytest.fixture
def database(stack: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """Make an empty database with the schema, and drop it afterwards."""
    name = f"howto_{request.path.stem}"
    with psycopg.connect(superuser(stack), dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrate(make_conninfo(superuser(stack), dbname=name))
    yield make_conninfo(str(stack.settings().postgres), dbname=name)
    with psycopg.connect(superuser(stack), dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
