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
from streams.rebuild import rebuild
from streams.sinks import lock_waits
from streams.sinks.aggregation.recomputation import SQL
from streams.sinks.observation_store import ObservationStore, Outcome, TopicEpoch
from streams.writers import ObservationWriter
from tests.contracts.processing import LOG, NOON, QUARTER, StoreAndAggregate, seen
from tests.journeys.registry import EXAMPLE, HOST
from tests.services import wait_until

pytestmark = pytest.mark.contracts

LONG = 60.0
SITES = "SELECT count(*) FROM doorfiets.site WHERE site = 'a'"
NUMBER = "SELECT number FROM doorfiets.owner"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'registrar' AND datname = current_database()"


async def test_applying_waits_for_aggregate_aloud_and_stops_nobody(
    processing: StoreAndAggregate, stack: Stack, tmp_path: Path
) -> None:
    """It is told who is in the way; `store` stores all the time; once `aggregate` is done, the registry is there."""
    async with _aggregating(processing):
        process = await _apply(processing, stack, tmp_path)
        said = await _line(process, "waiting for aggregate (doorfiets-aggregate; its transaction lasts since ")
        assert ", idle after SELECT)" in said
        for number in range(10):
            async with asyncio.timeout(LONG):
                assert await processing.store(seen(number, at=NOON + number * QUARTER)) == Outcome(stored=1)
        waits = process.returncode is None
    assert waits
    async with asyncio.timeout(LONG):
        output = await _rest(process)
    assert "holds observations" in output  # of the small registry: it looked after `store` had stored them
    assert processing.row(SITES) == (1,)


async def test_what_waited_is_applied_in_the_end(processing: StoreAndAggregate, stack: Stack, tmp_path: Path) -> None:
    """Nothing was stored, so the places of the example take those of the small owner."""
    async with _aggregating(processing):
        process = await _apply(processing, stack, tmp_path)
        await _line(process, "waiting for aggregate")
    async with asyncio.timeout(LONG):
        assert "datastreams are registered" in await _rest(process)
    assert process.returncode == 0
    assert processing.row(SITES) == (0,)


async def test_applying_waits_for_store_and_others_store(
    processing: StoreAndAggregate, stack: Stack, tmp_path: Path
) -> None:
    """A batch that is not committed may be history; a second worker stores meanwhile, then the registry is there."""
    other = TopicEpoch("observations", "another")
    store = ObservationStore(processing.conninfo)
    await store.fences(other, {0: 1})
    await processing.observation_store.fences(LOG, {0: 0})
    async with processing.observation_store.behind_fence(LOG, [processing.record(seen())]) as (connection, _):
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute("SELECT doorfiets.share_marks(%s)", [[*processing.row(NUMBER)]])
        process = await _apply(processing, stack, tmp_path)
        await _line(process, "waiting for store (doorfiets-store")
        async with asyncio.timeout(LONG):
            writer = ObservationWriter(store, other)
            assert await writer.write([processing.record(seen(5, sensor="nobody"))]) == Outcome(rejections=1)
            assert await writer.write([processing.record(seen(5, sensor="b-1"))]) == Outcome(stored=1)
        waits = process.returncode is None
    assert waits
    async with asyncio.timeout(LONG):
        output = await _rest(process)
    assert "holds observations" in output
    assert processing.row(SITES) == (1,)
    await store.drop()


async def test_a_client_that_is_killed_leaves_no_session_in_the_queue(
    processing: StoreAndAggregate, stack: Stack, tmp_path: Path
) -> None:
    """The server looks whether somebody is still there: `aggregate` goes on as if nobody had asked."""
    async with _aggregating(processing):
        process = await _apply(processing, stack, tmp_path)
        await _line(process, "waiting for aggregate")
        process.kill()
        await process.wait()
        await asyncio.to_thread(
            wait_until, lambda: processing.row(WAITING) == (0,), "its session is gone", patience=LONG
        )


async def test_a_rebuild_waits_aloud_too(processing: StoreAndAggregate) -> None:
    """While a registry changes it marks nothing; and has its range once that is done."""
    await processing.store(seen())
    with psycopg.connect(processing.conninfo, user="registrar", application_name="somebody") as holding:
        _hold(holding)
        reported, received = _reported("waiting for registrar (somebody;")
        requesting = asyncio.create_task(asyncio.to_thread(rebuild, processing.conninfo, tell=reported))
        assert await asyncio.to_thread(received.wait, LONG)
        assert processing.row("SELECT count(*) FROM doorfiets.rebuild") == (0,)
        holding.rollback()
    async with asyncio.timeout(LONG):
        assert (await requesting) is not None


async def test_a_rebuild_waits_for_a_round_and_what_it_is_asked_of_is_left_alone(processing: StoreAndAggregate) -> None:
    """Both mark years of indicators: not crosswise."""
    await processing.store(seen())
    reported, received = _reported("waiting for aggregate (doorfiets-aggregate;")
    async with _aggregating(processing):
        requesting = asyncio.create_task(asyncio.to_thread(rebuild, processing.conninfo, tell=reported))
        assert await asyncio.to_thread(received.wait, LONG)
        assert processing.row("SELECT count(*) FROM doorfiets.rebuild") == (0,)
    async with asyncio.timeout(LONG):
        assert (await requesting) is not None


async def test_a_migration_waits_aloud_too(own_database: tuple[str, str]) -> None:
    """Another one is under way; then there is nothing left to do."""
    reported, received = _reported("waiting for migrator (somebody;")
    with psycopg.connect(own_database[1], application_name="somebody") as holding:
        holding.execute("SELECT pg_advisory_lock(7364201)")
        migrating = asyncio.create_task(asyncio.to_thread(migrate, own_database[1], tell=reported))
        assert await asyncio.to_thread(received.wait, LONG)
    assert await migrating == []


async def test_who_is_in_the_way_for_too_long_is_named_in_the_end(processing: StoreAndAggregate) -> None:
    """With what to do."""
    registrar = f"{processing.conninfo} user=registrar"
    async with _aggregating(processing):
        session = psycopg.connect(lock_waits.limited(registrar), autocommit=True)
        with (
            session,
            pytest.raises(lock_waits.StoreBusyError, match=r"gave up after 0 s, waiting for aggregate .* End it, or"),
        ):
            lock_waits.until_free(session, registrar, lambda: _hold(session), lambda _: None, patience=0)


def _hold(session: lock_waits.Session) -> None:
    session.execute("SELECT doorfiets.hold_aggregates(ARRAY(SELECT number FROM doorfiets.owner))")


def _reported(what: str) -> tuple[Callable[[str], None], Event]:
    """Give an ear, and whether it has received this."""
    received = Event()
    return (lambda said: received.set() if said.startswith(what) else None), received


@asynccontextmanager
async def _aggregating(processing: StoreAndAggregate) -> AsyncIterator[None]:
    """Be `aggregate` in the middle of a round."""
    assert await processing.aggregate_store.alone()
    async with processing.aggregate_store._main.transaction() as connection:
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute(SQL["share_aggregates"])
        yield


async def _apply(processing: StoreAndAggregate, stack: Stack, folder: Path) -> asyncio.subprocess.Process:
    """Apply the registry of the example's host under the name of the small owner, as an operator does."""
    shutil.copytree(EXAMPLE / HOST, folder, ignore=shutil.ignore_patterns("recordings"), dirs_exist_ok=True)
    owner = (folder / "owner.toml").read_text("utf-8")
    (folder / "owner.toml").write_text(owner.replace("GM0106", "GM0000"), "utf-8")
    (folder / "routes.toml").write_text("", "utf-8")  # the route is of links that others own
    environment = (
        os.environ | write(stack.settings()) | {"DOORFIETS_POSTGRES": processing.conninfo, "PYTHONUNBUFFERED": "1"}
    )
    words = [sys.executable, "-P", "-m", "deploy", "registry", "apply", "--root", str(folder), "--remove"]
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
