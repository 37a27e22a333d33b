"""One real stack for everything that needs services, and how many examples a property is tried with.

The profile of a run is `push`, or what `--hypothesis-profile` names: `night` tries 200,000 examples of each property.
No profile has a deadline, and none minds a slow machine: how long something takes is no property.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from deploy.local.stack import Stack
from deploy.settings import Settings, read
from tests.journeys import registry
from tests.ports import apart

settings.register_profile(
    "push",
    deadline=None,
    max_examples=200,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("night", settings.get_profile("push"), max_examples=200_000)
settings.load_profile("push")


MARKS = ("pure", "contracts", "journeys")
SERVICES = ("registry", "topics", "sessions")
"""What all needs that is no process of ours: the services, with schema, topics and registry."""


def pytest_configure() -> None:
    """Let no test have a terminal: tests that run side by side are given one of 80 columns, others none."""
    os.environ.pop("COLUMNS", None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read no file for a lane of which it has no test; one that is in no lane is read, and refused below."""
    wanted = config.getoption("markexpr").partition(" ")[0]
    if wanted not in MARKS or not collection_path.name.startswith("test_"):
        return None
    found = [mark for mark in MARKS if f"pytest.mark.{mark}" in collection_path.read_text("utf-8")]
    return True if found and wanted not in found else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that is in no lane, or in several: no command of the README would run it, or two would."""
    lost = [item.nodeid for item in items if sum(item.get_closest_marker(mark) is not None for mark in MARKS) != 1]
    if lost:
        raise pytest.UsageError(f"{len(lost)} tests are not in one of {', '.join(MARKS)}, the first is {lost[0]}")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start the services in a folder of their own, on ports of their own, and stop them after the last test."""
    services = Stack(_settings(tmp_path_factory), ephemeral=True)
    services.start(only=SERVICES)
    yield services
    services.stop()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start services and all processes of ours likewise."""
    with Stack(_settings(tmp_path_factory), ephemeral=True) as running:
        yield running


def _settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = registry.write(tmp_path_factory.mktemp("registry") / "owners")
    return read(
        {
            "DOORFIETS_PORT_BASE": apart(18_900), "DOORFIETS_REGISTRY": str(root), "DOORFIETS_INDICATORS_AFTER": "1",
            "DOORFIETS_QUALITY_INTERVAL": "30",  # what a journey before has changed is checked again in this one
        }
    )  # fmt: skip


@pytest.fixture
def database(stack: Stack) -> Iterator[psycopg.Connection[Any]]:
    """Look at the database as a superuser: tests see what no role of the platform may."""
    with psycopg.connect(superuser(stack), autocommit=True) as connection:
        yield connection


@pytest.fixture
def recordings() -> Path:
    """The recordings that ship with the example owners."""
    return registry.EXAMPLE / registry.HOST / "recordings"


def superuser(stack: Stack) -> str:
    """Give the connection string of the stack's superuser."""
    from deploy.local import secrets  # noqa: PLC0415 - only the tests that look inside need it

    return f"{stack.settings().postgres} user={secrets.SUPERUSER}"
