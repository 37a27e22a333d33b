"""What a start does with a registry that would take rows away: nothing, with the remedy in its log."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from deploy.local.provisioning import apply_registry
from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.journeys.registry import EXAMPLE
from tests.opendata import city

pytestmark = pytest.mark.contracts

DATABASE: Final = "provisioned"
LONE: Final = """
[[site]]
id = "lone"
name = "Lone"
district = "WK173012"
position = [6.604, 53.118]

[[site.channels]]
id = "lone-in"
mode = "bicycles"
direction = "in"
datastreams = [{ sensor = "lone-1", source = "bicycles/in", valid_from = 2025-01-01 }]
"""
"""A site that nothing else names, so that the files are right with and without it."""


@pytest.fixture
def conninfo(stack: Stack) -> Iterator[str]:
    """Give a database with all tables and no owner."""
    with city.database(superuser(stack), DATABASE, seeds=()) as found:
        yield found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Write the folders of the example owners."""
    shutil.copytree(EXAMPLE, tmp_path / "owners", ignore=shutil.ignore_patterns("recordings"))
    return tmp_path / "owners"


def rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    """Read from the database as a superuser."""
    with psycopg.connect(superuser(stack), dbname=DATABASE) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_start_on_files_that_lack_a_site_keeps_it_and_says_so(
    stack: Stack, conninfo: str, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of that owner's files is applied, another owner's are; what takes nothing away is applied in silence."""
    sites, name = root / "tynaarlo" / "sites.toml", "SELECT name FROM doorfiets.site WHERE site = 'lone'"
    without = sites.read_text("utf-8")
    sites.write_text(without + LONE, "utf-8")
    with caplog.at_level(logging.WARNING, "deploy.local.provisioning"):
        apply_registry(conninfo, root)
    assert caplog.messages == []
    assert rows(stack, name) == [("Lone",)]

    state = "SELECT applied_state, applied_at FROM doorfiets.owner WHERE owner = 'GM1730'"
    in_force = rows(stack, state)
    sites.write_text(without, "utf-8")
    other = root / "assen" / "owner.toml"
    other.write_text(other.read_text("utf-8").replace('name = "Assen"', 'name = "Asn"'), "utf-8")
    with caplog.at_level(logging.WARNING, "deploy.local.provisioning"):
        apply_registry(conninfo, root)
    (said,) = caplog.messages
    assert said == (
        "the registry files of tynaarlo are not applied: 4 rows would go (site lone, ...); "
        "see `doorfiets registry apply tynaarlo --dry-run`"
    )
    assert rows(stack, name) == [("Lone",)]
    assert rows(stack, state) == in_force
    assert rows(stack, "SELECT name FROM doorfiets.owner WHERE owner = 'GM0106'") == [("Asn",)]

    sites.write_text(without + LONE, "utf-8")
    caplog.clear()
    apply_registry(conninfo, root)
    assert caplog.messages == []
    assert rows(stack, "SELECT name FROM doorfiets.owner WHERE owner = 'GM0106'") == [("Asn",)]
