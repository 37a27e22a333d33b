"""The page for a new resource of /v1, followed to the letter and asked on the invented city."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.howto.tree import Tree
from tests.opendata import city

pytestmark = pytest.mark.contracts

REQUESTED = """
import json, sys
from tests.contracts import test_v1_modes
from tests.opendata import city
with city.visitor(city.settings(sys.argv[1])) as client:
    test_v1_modes.test_modes_come_with_their_sites(client)
    print(json.dumps(client.get("/v1/vervoerwijzen").json()["gegevens"]))
"""


@pytest.fixture
def conninfo(stack: Stack) -> Iterator[str]:
    """The invented city in a database of its own, without a user."""
    with city.database(superuser(stack), "city_of_howto_resource") as found:
        yield found


def test_a_resource_is_a_query_a_module_and_its_name(tmp_path: Path, stack: Stack, conninfo: str) -> None:
    """The test of the page holds, and the answer is what the registry of the city says."""
    tree = Tree(tmp_path)
    (printed,) = tree.follow("resource.md")
    assert "docs/reference/openapi.json" in printed
    (tmp_path / "asked.py").write_text(REQUESTED, "utf-8")
    answer = json.loads(tree.run(f"python asked.py '{conninfo}'", {}).splitlines()[-1])
    with psycopg.connect(superuser(stack), dbname="city_of_howto_resource") as connection:
        pairs = connection.execute("SELECT DISTINCT mode, site FROM doorfiets.channel").fetchall()
    counted = sum(mode == "bicycles" for mode, _ in pairs)
    assert {row["vervoerwijze"]: row["telpunten"] for row in answer}["fiets"] == counted
    assert len(answer) == len({mode for mode, _ in pairs})
