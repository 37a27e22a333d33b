"""The page for a new published table, followed to the letter and computed on a database of its own."""

from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts

COMPUTED = """
import asyncio, sys
import psycopg
from deploy.migrate import migrate
from tests.contracts import test_published, test_site_week
from tests.contracts.processing import StoreAndAggregate, load, small
from schemas.published import PUBLISHED

name, plain, owner = sys.argv[1:]
with psycopg.connect(owner, dbname="postgres", autocommit=True) as server:
    server.execute(f"CREATE DATABASE {name}")
try:
    migrate(owner)
    load(plain, small())
    with psycopg.connect(owner, autocommit=True) as known:
        (table,) = (one for one in PUBLISHED if one.name == "site_week")
        test_published.test_every_published_table_is_declared(known)
        test_published.test_a_table_is_as_declared(known, table)
        test_published.test_a_table_that_readers_see_has_a_past(known, table)

    async def computed():
        processing = StoreAndAggregate(plain, owner)
        await test_site_week.test_a_week_is_the_sum_of_its_days(processing)
        query = "SELECT subject, value, revision FROM api.published WHERE period = 'week' ORDER BY value"
        found = processing.rows(query)
        await processing.close()
        return found

    print(asyncio.run(computed()))
finally:
    with psycopg.connect(owner, dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
"""


def test_a_published_table_is_a_declaration_its_arithmetic_and_a_view(tmp_path: Path, stack: Stack) -> None:
    """All its parts are there, its test holds, and readers find what stands and what stood in the list of all."""
    tree = Tree(tmp_path)
    (printed,) = tree.follow("published-table.md")
    assert "streams/sinks/aggregation/published.sql" in printed
    (tmp_path / "computed.py").write_text(COMPUTED, "utf-8")
    name = "howto_published_table"
    plain, owner = (make_conninfo(one, dbname=name) for one in (str(stack.settings().postgres), superuser(stack)))
    reported = tree.run(f"python computed.py {name} '{plain}' '{owner}'", {}).splitlines()[-1]
    assert reported == "[('b', 7.0, 1), ('b', 20.0, 1), ('b', 21.0, 2)]"
