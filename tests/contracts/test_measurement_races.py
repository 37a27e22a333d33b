"""Two workers of `store` with one datastream, on its grid and beside it: neither loses what the other stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from schemas.frames import pack
from schemas.observation import Observation
from streams.domain.assignment import assign
from streams.domain.fence import Record
from streams.sinks.observation_store import ObservationStore, store_assigned
from streams.writers import ObservationWriter
from tests.contracts.processing import LOG, NOON, QUARTER, StoreAndAggregate, seen
from tests.contracts.test_measurement import frame

pytestmark = pytest.mark.contracts


class Worker:
    """Another worker of `store`, of another part of the log, whose transaction may stay open."""

    def __init__(self, processing: StoreAndAggregate, number: int) -> None:
        self.store = ObservationStore(processing.conninfo)
        self.log = LOG._replace(epoch=f"part {number}")
        self.writer = ObservationWriter(self.store, self.log)

    @asynccontextmanager
    async def stored(self, *observations: Observation) -> AsyncIterator[None]:
        """Store, and commit after the body."""
        connection = await self.store._database.open()
        known = await self.store.datastreams()
        async with connection.transaction():
            await store_assigned(connection, assign(observations, known))
            yield

    async def write(self, *observations: Observation) -> None:
        """Store as a worker does: what the database refuses for the time being is tried again."""
        frame_ = pack(observations, frame_id="f", writer="test")
        await self.store.fences(self.log, {0: 0})
        await self.writer.write([Record(0, 0, frame_.value, frame_.headers)])


async def _ends_or_waits(processing: StoreAndAggregate, task: "asyncio.Task[None]") -> None:
    """Wait until a task has done its work, or waits for a lock that another transaction holds."""
    locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with asyncio.timeout(20):
        while not task.done() and processing.row(locks) == (0,):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)


ON_GRID = seen(4, sensor="b-1", at=NOON + 4 * QUARTER)


@pytest.mark.parametrize(
    ("first", "second", "measured"),
    [
        (frame(7, 890, 1), frame(8, 895, 2), [7, 8]),
        (frame(7, 890, 1), ON_GRID, [4, 7]),
        (ON_GRID, frame(7, 890, 1), [4, 7]),
        (frame(7, 4000, 1), seen(6, sensor="b-1", at=NOON + 4 * QUARTER, received=40), [6, 7]),
        (ON_GRID, frame(7, 4000, 1), [4, 7]),
    ],
)
@pytest.mark.parametrize("before", [None, seen(1, sensor="b-1", at=NOON - QUARTER), frame(1, -10, 0)])
async def test_two_workers_with_one_datastream_lose_no_count(
    processing: StoreAndAggregate, before: Observation | None, first: Observation, second: Observation,
    measured: list[int],
) -> None:  # fmt: skip
    """Each has begun before the other ended, on the grid or beside it: everything is measured, and all is added up."""
    if before is not None:
        await processing.store(before)
    one, other = Worker(processing, 1), Worker(processing, 2)
    async with one.stored(first):
        waiting = asyncio.create_task(other.write(second))
        await _ends_or_waits(processing, waiting)
    await waiting
    ones = sorted([*measured, *([] if before is None else [1])])
    assert processing.rows("SELECT value FROM doorfiets.measurement ORDER BY value") == [(value,) for value in ones]
    assert processing.row("SELECT sum(value) FROM doorfiets.observation") == (sum(ones),)
    assert processing.row("SELECT stored, off_grid FROM doorfiets.feed") == (len(ones), True)
    for worker in (one, other):
        await worker.store.drop()
