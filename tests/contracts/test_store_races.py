"""Exactly once among crashes, zombies and an aggregate that works at the same time."""

import asyncio
from datetime import datetime, timedelta

import pytest

from streams.domain.assignment import assign
from streams.domain.datastreams import KnownDatastreams
from streams.domain.fence import FenceError
from streams.sinks.aggregation.recomputation import SQL, gather_marked, write
from streams.sinks.observation_store import ObservationStore, Outcome, store_assigned
from streams.writers import ObservationWriter
from tests.contracts.processing import HOUR, LOG, NOON, QUARTER, StoreAndAggregate, quarters, seen

pytestmark = pytest.mark.contracts

_CLAIM = {"until": NOON, "buckets": 10, "held": ["GM0000"]}

FENCE = "SELECT next_offset FROM doorfiets.fence"
COUNT = "SELECT count(*) FROM doorfiets.observation"


async def test_a_skipped_offset_stops_the_batch(processing: StoreAndAggregate) -> None:
    """Nothing of it is stored, the fence stays: Faust has lost a record, and may not lose it for good."""
    first, _, third = (processing.record(seen(number, at=NOON + number * QUARTER)) for number in range(3))
    with pytest.raises(FenceError):
        await processing.store_records([first, third])
    assert processing.row(COUNT) == (0,)
    assert processing.row(FENCE) == (0,)


async def test_a_zombie_waits_at_the_fence_and_finds_its_records_below(processing: StoreAndAggregate) -> None:
    """Two workers hold the same batch; one of them stores it."""
    records = [processing.record(*quarters([3, 4]))]
    await processing.observation_store.fences(LOG, {0: 0})
    zombie = ObservationStore(processing.conninfo)
    late = ObservationWriter(zombie, LOG)
    async with processing.observation_store.behind_fence(LOG, records) as (connection, new):
        assert len(new) == 1
        waiting = asyncio.create_task(late.write(records))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await store_assigned(connection, assign(quarters([3, 4]), await _registry(processing)))
    assert await waiting == Outcome()
    assert processing.row(COUNT) == (2,)
    assert processing.row("SELECT stored, duplicates FROM doorfiets.feed") == (2, 0)
    await zombie.drop()


async def test_a_mark_is_not_taken_away_from_rows_that_are_not_committed(processing: StoreAndAggregate) -> None:
    """An old mark lies there while `store` stores more of its hour: whoever claims it must see those rows."""
    await processing.store(seen(5))
    known = await _registry(processing)
    records = [processing.record(seen(7, at=NOON + QUARTER))]
    async with processing.observation_store.behind_fence(LOG, records) as (connection, _):
        await store_assigned(connection, assign([seen(7, at=NOON + QUARTER)], known))
        await processing.aggregate()
    await processing.aggregate()
    assert processing.row("SELECT rows, total FROM doorfiets.datastream_hour") == (2, 12)


async def test_what_store_stores_after_the_claim_keeps_its_mark(processing: StoreAndAggregate) -> None:
    """`store` does not wait for a round; the mark that it wrote again stays, whether the round saw its rows or not."""
    await processing.store(seen(5))
    assert await processing.aggregate_store.alone()
    async with processing.aggregate_store._main.transaction() as connection:
        assert (await connection.execute(SQL["claim"], _CLAIM)).rowcount == 1
        await gather_marked(connection, "Europe/Amsterdam")
        assert await processing.store(seen(7, at=NOON + QUARTER)) == Outcome(stored=1)
        assert (await write(connection, timedelta(0))).unmarked == 0
    assert await processing.aggregate() == 1
    assert processing.row("SELECT rows, total, revision FROM doorfiets.datastream_hour") == (2, 12, 2)


async def test_a_mark_in_the_place_of_another_is_not_taken_away(processing: StoreAndAggregate) -> None:
    """`store` writes a claimed mark again, a vacuum frees the old place of it, and the mark of another hour takes that.

    The transaction of `store` began before the claim: a newer one would still be looked at by whoever claimed.
    """
    for value in (5, 6):  # the mark lies in its second version: its place is free as soon as that is pruned
        await processing.store(seen(value, received=20 + value))
    assert await processing.aggregate_store.alone()
    records, known = [processing.record(seen(7, received=40))], await _registry(processing)
    async with processing.aggregate_store._main.transaction() as round_:
        async with processing.observation_store.behind_fence(LOG, records) as (connection, _):
            claimed = await round_.execute(SQL["claim"], _CLAIM)
            assert claimed.rowcount == 1
            place = await (await round_.execute("SELECT place FROM mark")).fetchone()
            await store_assigned(connection, assign([seen(7, received=40)], known))
        await gather_marked(
            round_, "Europe/Amsterdam"
        )  # these statements see what `store` committed, so nobody needs what was before
        other = await _take(processing, place)
        assert (await write(round_, timedelta(0))).unmarked == 0
    assert processing.rows("SELECT ctid FROM doorfiets.dirty_hour WHERE hour = %s", other) == [place]
    await processing.aggregate()
    assert processing.rows("SELECT rows, total FROM doorfiets.datastream_hour WHERE hour = %s", other) == [(1, 9)]


async def _take(processing: StoreAndAggregate, place: object) -> datetime:
    """Store hour after hour until the mark of one lies in this place; give that hour."""
    for number in range(1, 100):
        hour = NOON + number * HOUR
        processing.database.execute("VACUUM doorfiets.dirty_hour")
        await processing.store(seen(9, at=hour))
        if processing.rows("SELECT ctid FROM doorfiets.dirty_hour WHERE hour = %s", hour) == [place]:
            return hour
    raise AssertionError(f"no mark came to lie at {place}")


async def _registry(processing: StoreAndAggregate) -> KnownDatastreams:
    """Read the registry over a connection of its own."""
    store = ObservationStore(processing.conninfo)
    known = await store.datastreams()
    await store.drop()
    return known
