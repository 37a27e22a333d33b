"""The page on decoding again what was refused or received, followed to the letter on the running stack."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.settings import write
from tests.conftest import superuser
from tests.contracts.platform.test_replay import Owners, message, owners, publish, quarters, refused, site, stored
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts
__all__ = ["owners", "publish"]


@pytest.fixture(scope="session")
def stack(platform: Stack) -> Stack:
    """What is replayed goes through all processes."""
    return platform


def test_what_nobody_had_registered_is_there_in_the_end(
    tmp_path: Path,
    stack: Stack,
    owners: Owners,
    publish: Callable[[str, bytes], None],
) -> None:
    """Before it is registered nothing can be done, and every command says so; after that nothing need be done."""
    with psycopg.connect(superuser(stack), autocommit=True) as connection:
        _follow(stack, connection, owners, publish, Tree(tmp_path / "tree"))


def _follow(
    stack: Stack,
    database: psycopg.Connection[Any],
    registry: Owners,
    send: Callable[[str, bytes], None],
    tree: Tree,
) -> None:
    (start,) = quarters(1, timedelta(hours=5))
    registry.apply()
    send(*message("replay-paal-1", 1, start, {"in": 12}))
    refused(database, "replay-paal-1", 1)
    listed, replayed, raw = tree.follow("replay.md", write(stack.settings()))
    assert "unknown_sensor" in listed
    assert "replay-paal-1  unknown_sensor: no datastream for bicycles/in" in replayed
    assert raw == ""  # it says what stands: nothing
    registry.apply(site("replay-paal-1", "bicycles/in"))
    stored(database, "replay-paal-1", [("bicycles/in", start, 12.0)])
