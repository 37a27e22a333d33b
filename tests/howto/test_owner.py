"""The page for a municipality beside yours, followed to the letter on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from deploy.local.stack import Stack
from deploy.migrate import migrate
from deploy.settings import write
from tests.conftest import superuser
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts

NAME = "howto_owner"


@pytest.fixture
def database(stack: Stack) -> Iterator[str]:
    """Make an empty database with the schema, and drop it afterwards."""
    with psycopg.connect(superuser(stack), dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {NAME}")
    migrate(make_conninfo(superuser(stack), dbname=NAME))
    yield make_conninfo(str(stack.settings().postgres), dbname=NAME)
    with psycopg.connect(superuser(stack), dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_a_municipality_comes_and_goes(tmp_path: Path, stack: Stack, database: str) -> None:
    """Its folder passes the check beside the example's; its rows come, a route of Assen with them, and all goes."""
    tree = Tree(tmp_path)
    settings = write(stack.settings())
    environment = settings | {"DOORFIETS_POSTGRES": database, "DOORFIETS_REGISTRY": str(tmp_path / "deploy" / "owners")}
    tree.run("doorfiets registry apply", environment)
    _, _, checked, applied, gone = tree.follow("owner.md", environment)
    assert "nieuwhoven (GM9901): 1 districts, 1 sites, 0 stations, 1 links" in checked
    assert checked.endswith("no problems.\n")
    assert applied.count("+ route assen-nieuwhoven\n") == 2  # shown, and then done
    assert "+ datastream nieuwhoven-1 bicycles/in" in applied
    assert "GM9901 Nieuwhoven (municipality): 1 sites, 0 stations, 1 links" in applied
    assert "- route assen-nieuwhoven\n" in gone
    listed = tree.run("doorfiets registry list", environment)
    assert [line.split()[0] for line in listed.splitlines()] == ["GM0014", "GM0106", "GM1730"]
