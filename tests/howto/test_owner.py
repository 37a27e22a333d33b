"""The page for a municipality beside yours, followed to the letter on a database of its own."""

from pathlib import Path

import pytest

from deploy.local.stack import Stack
from deploy.settings import write
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts


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
