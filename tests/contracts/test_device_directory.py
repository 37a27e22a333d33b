"""The device directory from the real database: in force within a second, and known while that is away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ingest.devices import DeviceDirectory
from registry.placements import expanded
from schemas.profile import DeviceProfile, ProfileField
from schemas.registry import DeviceEntry, Placement, Registry
from tests.contracts.processing import load, small

pytestmark = pytest.mark.contracts

PATIENCE: Final = 15.0


def profile(every: int) -> DeviceProfile:
    """Give a profile that speaks that often."""
    return DeviceProfile(maker="Invented", model="Pole", every=every, field=[ProfileField(field="count_in")])


def registry(every: int) -> Registry:
    """Give the small registry, and a device with a profile that speaks that often."""
    place = msgspec.convert({"site": "a", "from": "2026-05-01", "sources": {"count_in": "a-in"}}, Placement)
    pole = DeviceEntry(id="pole-1", profile="pole", placement=[place])
    first, *others = small().sites
    bare = [msgspec.structs.replace(one, datastreams=[]) for one in first.channels]
    sites = [msgspec.structs.replace(first, channels=bare), *others]
    return expanded(
        msgspec.structs.replace(small(), sites=sites, screenlines=[], devices=[pole], profiles={"pole": profile(every)})
    )


@asynccontextmanager
async def followed(directory: DeviceDirectory) -> AsyncIterator[None]:
    """Follow the directory while the body runs."""
    following = asyncio.create_task(directory.follow())
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def becomes(condition: Callable[[], bool]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)


def every(directory: DeviceDirectory) -> int | None:
    """Tell how often the directory says that the device speaks."""
    one = directory.devices().get("pole-1")
    return one.profile.every if one and one.profile else None


@pytest.fixture
def away(own_database: tuple[str, str]) -> Iterator[Callable[[], None]]:
    """Close the database to everybody but the superuser, until the test is over."""
    name = str(conninfo_to_dict(own_database[1])["dbname"])

    def close(limit: int = 0) -> None:
        with psycopg.connect(own_database[1], autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT {limit}'.encode())
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'ingest'",
                [name],
            )

    yield close
    close(-1)


@pytest.mark.usefixtures("processing")
async def test_what_is_registered_is_in_force_and_copied(own_database: tuple[str, str], tmp_path: Path) -> None:
    """A device with its profile and sources, then its changed profile; one without a profile has none."""
    load(own_database[0], registry(600))
    directory = DeviceDirectory(own_database[0], tmp_path / "devices.json")
    assert directory.age_seconds is None
    await directory.known()
    pole = directory.devices()["pole-1"]
    assert (pole.profile, pole.sources, pole.units) == (profile(600), frozenset({"count_in"}), {"count_in": "1"})
    assert directory.devices()["b-1"].profile is None
    assert "nobody-1" not in directory.devices()
    async with followed(directory):
        load(own_database[0], registry(900))
        await becomes(lambda: every(directory) == 900)
        await becomes(lambda: every(DeviceDirectory(own_database[0], tmp_path / "devices.json")) == 900)
    assert directory.age_seconds is not None


@pytest.mark.usefixtures("processing")
async def test_the_absence_of_the_database_changes_nothing_and_is_logged_once(
    own_database: tuple[str, str],
    tmp_path: Path,
    away: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is known stays; who starts meanwhile starts from the copy; when it is back, its changes come."""
    load(own_database[0], registry(600))
    directory = DeviceDirectory(own_database[0], tmp_path / "devices.json")
    with caplog.at_level(logging.INFO, "doorfiets.ingest.devices"):
        async with followed(directory):
            await becomes((tmp_path / "devices.json").exists)
            away()
            await becomes(lambda: any("cannot be read" in one.getMessage() for one in caplog.records))
            before = directory.age_seconds
            await becomes(lambda: (directory.age_seconds or 0) > (before or 0) + 1.2)
            assert every(directory) == 600
            assert len([one for one in caplog.records if "cannot be read" in one.getMessage()]) == 1
            other = DeviceDirectory(own_database[0], tmp_path / "devices.json")
            await other.known()
            assert every(other) == 600
            away(-1)
            load(own_database[0], registry(900))
            await becomes(lambda: every(directory) == 900)
    assert any("answers again" in one.getMessage() for one in caplog.records)


async def test_an_intake_without_copy_and_database_waits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It says what for; a copy that somebody damaged is none."""
    (tmp_path / "devices.json").write_bytes(b"{")
    directory = DeviceDirectory("host=127.0.0.1 port=1 dbname=doorfiets", tmp_path / "devices.json")
    waiting = asyncio.create_task(directory.known())
    await becomes(lambda: any("waits for the device directory" in one.getMessage() for one in caplog.records))
    assert not waiting.done()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


@pytest.mark.usefixtures("processing")
async def test_the_profile_of_a_newer_program_is_not_guessed_at(
    own_database: tuple[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What was known before stays in force, and the problem is logged."""
    load(own_database[0], registry(600))
    directory = DeviceDirectory(own_database[0], tmp_path / "devices.json")
    await directory.known()
    load(own_database[0], registry(900))
    with psycopg.connect(own_database[1], autocommit=True) as connection:
        changed = connection.execute(
            "UPDATE doorfiets.device SET profile_content = profile_content || '{\"spectrum\": 7}' "
            "WHERE device = 'pole-1'"
        )
        assert changed.rowcount == 1
    async with followed(directory):
        await becomes(lambda: any("newer program" in one.getMessage() for one in caplog.records))
        connected, age = backends(own_database[1]), directory.age_seconds or 0
        await becomes(lambda: (directory.age_seconds or 0) > age + 1.2)
        assert backends(own_database[1]) == connected
        assert every(directory) == 600
        assert len([one for one in caplog.records if one.levelno >= logging.ERROR]) == 1
        load(own_database[0], registry(300))
        await becomes(lambda: every(directory) == 300)


def backends(superuser: str) -> list[int]:
    """Give the connections of the intake to the database."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'ingest' ORDER BY pid"
        ).fetchall()
    return [pid for (pid,) in rows]
