"""The page for excluding measurements, followed to the letter on a database of its own."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.local.stack import Stack
from deploy.settings import write
from streams.sinks.findings import FindingStore
from tests.conftest import superuser
from tests.contracts.processing import QUARTER, StoreAndAggregate, seen
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts

FLAGS = """
    SELECT source, found_flags, min(started_at), max(started_at), count(*)::int FROM doorfiets.observation
    JOIN doorfiets.datastream USING (datastream) WHERE found_flags <> 0 GROUP BY 1, 2 ORDER BY 1, 3
"""


def test_what_was_excluded_is_put_back(tmp_path: Path, stack: Stack, database: str) -> None:
    """What the page prints is what is printed; maintenance stays, and its end is where it was closed."""
    tree = Tree(tmp_path)
    settings = write(stack.settings())
    environment = settings | {"DOORFIETS_POSTGRES": database, "DOORFIETS_REGISTRY": str(tmp_path / "deploy" / "owners")}
    tree.run("doorfiets registry apply", environment)
    own = make_conninfo(superuser(stack), dbname=str(conninfo_to_dict(database)["dbname"]))
    asyncio.run(_store(StoreAndAggregate(database, own)))
    looked, excluded, again, _, put_back, found, checked = tree.follow("exclude.md", environment)
    assert [line.split()[-2:] for line in looked.splitlines()[1:]] == [["162", "162"], ["162", "162"]]
    assert ("exclude" in excluded, "exclude" in again) == (True, True)
    first, _, rest = put_back.partition("[")
    assert first.count("\n") > 1
    states = {one["entry"]: one["state"] for one in json.loads("[" + rest)}
    assert states == {1: "replaced", 2: "undone by 5", 3: "replaced", 4: "holds", 5: "undoes 2"}
    assert "assen-fiets-05" in found
    assert "nothing was changed" in checked
    store = FindingStore(database)
    store.entries()
    while store.due():
        store.flag()
    store.drop()
    with psycopg.connect(database, user="backup") as connection:
        morning = datetime(2026, 5, 20, 7, tzinfo=UTC)
        assert [row[1:] for row in connection.execute(FLAGS).fetchall()] == [
            (1 << 20, morning, morning + timedelta(hours=2, minutes=15), 10)
        ] * 2


async def _store(processing: StoreAndAggregate) -> None:
    """Store ten days of quarters of the counter of Peelo."""
    start = datetime(2026, 5, 11, 22, tzinfo=UTC)
    for source in ("bikes_in", "bikes_out"):
        await processing.store(
            *(seen(3, sensor="assen-fiets-05", source=source, at=start + number * QUARTER) for number in range(960))
        )
    await processing.close()
