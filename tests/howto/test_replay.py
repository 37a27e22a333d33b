"""The page on decoding again what was refused or received, followed to the letter on the running stack."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.settings import write
from tests.contracts.test_replay import Owners, message, owners, publish, quarters, refused, site, stored
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts
__all__ = ["owners", "publish"]


def test_what_nobody_had_registered_is_there_in_the_end(
    tmp_path: Path,
    stack: Stack,
    database: psycopg.Connection[Any],
    owners: Owners,
    publish: Callable[[str, bytes], None],
) -> None:
    """Before it is registered nothing can be done, and every command says so; after that nothing need be done."""
    (start,) = quarters(1, timedelta(hours=5))
    owners.apply()
    publish(*message("replay-paal-1", 1, start, {"in": 12}))
    refused(database, "replay-paal-1", 1)
    listed, replayed, raw = Tree(tmp_path / "tree").follow("replay.md", write(stack.settings()))
    assert "unknown_sensor" in listed
    assert "replay-paal-1  unknown_sensor: no datastream for bicycles/in" in replayed
    assert raw == ""  # it says what stands: nothing
    owners.apply(site("replay-paal-1", "bicycles/in"))
    stored(database, "replay-paal-1", [("bicycles/in", start, 12.0)])
