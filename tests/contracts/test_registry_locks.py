"""A registry that is applied while others work: it says who it waits for, stops nobody, and ends with its client."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.migrate import migrate
from deploy.settings import ROOT, write
from streams.keeping import ObservationKeeper
from streams.rebuild import rebuild
from streams.sinks import waiting
from streams.sinks.recomputing import SQL
from streams.sinks.timescale import Log, Outcome, Store
from tests.contracts.mill import LOG, NOON, QUARTER, Mill, seen
from tests.journeys.municipality import ASSEN
from tests.services import wait_until

pytestmark = pytest.mark.contracts

LONG = 60.0
SITES = "SELECT count(*) FROM doorfiets.site WHERE site = 'a'"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'registrar' AND datname = current_database()"


async def test_applying_waits_for_tally_aloud_and_stops_nobody(mill: Mill, stack: Stack, tmp_path: Path) -> None:
    """It is told who is in the way; `keep` stores all the time; once `tally` is done, the registry is there."""
    async with _tallying(mill):
        process = await _apply(mill, stack, tmp_path)
        said = await _line(process, "waiting for tally (doorfiets-tally; its transaction lasts since ")
        assert ", idle after LOCK)" in said
        for number in range(10):
            async with asyncio.timeout(LONG):
                assert await mill.keep(seen(number, at=NOON + number * QUARTER)) == Outcome(stored=1)
        waits = process.returncode is None
    assert waits
    async with asyncio.timeout(LONG):
        output = await _rest(process)
    assert "holds observations" in output  # of the small registry: it looked after `keep` had stored them
    assert mill.row(SITES) == (1,)


async def test_what_waited_is_applied_in_the_end(mill: Mill, stack: Stack, tmp_path: Path) -> None:
    """Nothing was stored, so the other municipality takes the place of the small one."""
    async with _tallying(mill):
        process = await _apply(mill, stack, tmp_path)
        await _line(process, "waiting for tally")
    async with asyncio.timeout(LONG):
        assert "datastreams are registered" in await _rest(process)
    assert process.returncode == 0
    assert mill.row(SITES) == (0,)


async def test_applying_waits_for_keep_and_others_keep(mill: Mill, stack: Stack, tmp_path: Path) -> None:
    """A batch that is not committed may be history; a second worker stores meanwhile, then the registry is there."""
    other = Log("observations", "another")
    store = Store(mill.conninfo)
    await store.fences(other, {0: 1})
    await mill.store.fences(LOG, {0: 0})
    async with mill.store.behind_fence(LOG, [mill.record(seen())]) as (connection, _):
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute("LOCK TABLE doorfiets.dirty IN ROW EXCLUSIVE MODE")
        process = await _apply(mill, stack, tmp_path)
        await _line(process, "waiting for keep (doorfiets-keep")
        async with asyncio.timeout(LONG):
            keeper = ObservationKeeper(store, other)
            assert await keeper.keep([mill.record(seen(5, sensor="nobody"))]) == Outcome(rejections=1)
            assert await keeper.keep([mill.record(seen(5, sensor="b-1"))]) == Outcome(stored=1)
        waits = process.returncode is None
    assert waits
    async with asyncio.timeout(LONG):
        output = await _rest(process)
    assert "holds observations" in output
    assert mill.row(SITES) == (1,)
    await store.drop()


async def test_a_client_that_is_killed_leaves_no_session_in_the_queue(mill: Mill, stack: Stack, tmp_path: Path) -> None:
    """The server looks whether somebody is still there: `tally` goes on as if nobody had asked."""
    async with _tallying(mill):
        process = await _apply(mill, stack, tmp_path)
        await _line(process, "waiting for tally")
        process.kill()
        await process.wait()
        await asyncio.to_thread(wait_until, lambda: mill.row(WAITING) == (0,), "its session is gone", patience=LONG)


async def test_a_rebuild_waits_aloud_too(mill: Mill) -> None:
    """And has its range once the registry is done."""
    await mill.keep(seen())
    with psycopg.connect(mill.conninfo, user="registrar", application_name="somebody") as holding:
        holding.execute("LOCK TABLE doorfiets.stale IN SHARE ROW EXCLUSIVE MODE")
        told, heard = _told("waiting for registrar (somebody;")
        asking = asyncio.create_task(asyncio.to_thread(rebuild, mill.conninfo, tell=told))
        assert await asyncio.to_thread(heard.wait, LONG)
        holding.rollback()
    assert (await asking) is not None


async def test_a_migration_waits_aloud_too(own_database: tuple[str, str]) -> None:
    """Another one is under way; then there is nothing left to do."""
    told, heard = _told("waiting for migrator (somebody;")
    with psycopg.connect(own_database[1], application_name="somebody") as holding:
        holding.execute("SELECT pg_advisory_lock(7364201)")
        migrating = asyncio.create_task(asyncio.to_thread(migrate, own_database[1], tell=told))
        assert await asyncio.to_thread(heard.wait, LONG)
    assert await migrating == []


async def test_who_is_in_the_way_for_too_long_is_named_in_the_end(mill: Mill) -> None:
    """With what to do."""
    registrar = f"{mill.conninfo} user=registrar"
    async with _tallying(mill):
        session = psycopg.connect(waiting.limited(registrar), autocommit=True)
        with (
            session,
            pytest.raises(waiting.StoreBusyError, match=r"gave up after 0 s, waiting for tally .* End it, or"),
        ):
            waiting.until_free(session, registrar, lambda: _hold(session), lambda _: None, patience=0)


def _hold(session: waiting.Session) -> None:
    session.execute("LOCK TABLE doorfiets.stale IN SHARE ROW EXCLUSIVE MODE")


def _told(what: str) -> tuple[Callable[[str], None], Event]:
    """Give an ear, and whether it has heard this."""
    heard = Event()
    return (lambda said: heard.set() if said.startswith(what) else None), heard


@asynccontextmanager
async def _tallying(mill: Mill) -> AsyncIterator[None]:
    """Be `tally` in the middle of a round."""
    assert await mill.ledger.alone()
    async with mill.ledger._main.transaction() as connection:
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute(SQL["hold_marks"])
        yield


async def _apply(mill: Mill, stack: Stack, folder: Path) -> asyncio.subprocess.Process:
    """Apply the registry of the example municipality under the name of the small one, as an operator does."""
    shutil.copytree(ASSEN, folder, ignore=shutil.ignore_patterns("recordings"), dirs_exist_ok=True)
    municipality = (folder / "municipality.toml").read_text("utf-8")
    (folder / "municipality.toml").write_text(municipality.replace("GM0106", "GM0000"), "utf-8")
    environment = os.environ | write(stack.settings()) | {"DOORFIETS_POSTGRES": mill.conninfo, "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-P", "-m", "deploy", "registry", "apply", str(folder)]
    return await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


async def _line(process: asyncio.subprocess.Process, beginning: str) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(LONG):
        while line := (await process.stdout.readline()).decode():
            if line.startswith(beginning):
                return line
    raise AssertionError(f"it never said {beginning!r}")


async def _rest(process: asyncio.subprocess.Process) -> str:
    output, _ = await process.communicate()
    return output.decode()
