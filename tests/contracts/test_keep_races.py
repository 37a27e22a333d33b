"""Exactly once among crashes, zombies and a tally that works at the same time."""

import asyncio
from datetime import datetime, timedelta

import pytest

from streams.domain.datastreams import Registry
from streams.domain.fencing import FenceError
from streams.domain.sorting import sort_out
from streams.keeping import ObservationKeeper
from streams.sinks.recomputing import SQL, gather_marked, write
from streams.sinks.timescale import Outcome, Store, put
from tests.contracts.mill import HOUR, LOG, NOON, QUARTER, Mill, quarters, seen

pytestmark = pytest.mark.contracts

FENCE = "SELECT next_offset FROM doorfiets.fence"
COUNT = "SELECT count(*) FROM doorfiets.observation"


async def test_a_skipped_offset_stops_the_batch(mill: Mill) -> None:
    """Nothing of it is stored, the fence stays: Faust has lost a record, and may not lose it for good."""
    first, _, third = (mill.record(seen(number, at=NOON + number * QUARTER)) for number in range(3))
    with pytest.raises(FenceError):
        await mill.keep_records([first, third])
    assert mill.row(COUNT) == (0,)
    assert mill.row(FENCE) == (0,)


async def test_a_zombie_waits_at_the_fence_and_finds_its_records_below(mill: Mill) -> None:
    """Two workers hold the same batch; one of them stores it."""
    records = [mill.record(*quarters([3, 4]))]
    await mill.store.fences(LOG, {0: 0})
    zombie = Store(mill.conninfo)
    late = ObservationKeeper(zombie, LOG)
    async with mill.store.behind_fence(LOG, records) as (connection, new):
        assert len(new) == 1
        waiting = asyncio.create_task(late.keep(records))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await put(connection, sort_out(quarters([3, 4]), await _registry(mill)))
    assert await waiting == Outcome()
    assert mill.row(COUNT) == (2,)
    assert mill.row("SELECT stored, duplicates FROM doorfiets.feed") == (2, 0)
    await zombie.drop()


async def test_a_mark_is_not_taken_away_from_rows_that_are_not_committed(mill: Mill) -> None:
    """An old mark lies there while `keep` stores more of its hour: whoever claims it must see those rows."""
    await mill.keep(seen(5))
    known = await _registry(mill)
    records = [mill.record(seen(7, at=NOON + QUARTER))]
    async with mill.store.behind_fence(LOG, records) as (connection, _):
        await put(connection, sort_out([seen(7, at=NOON + QUARTER)], known))
        await mill.tally()
    await mill.tally()
    assert mill.row("SELECT rows, total FROM doorfiets.tally_hour") == (2, 12)


async def test_what_keep_stores_after_the_claim_keeps_its_mark(mill: Mill) -> None:
    """`keep` does not wait for a round; the mark that it wrote again stays, whether the round saw its rows or not."""
    await mill.keep(seen(5))
    assert await mill.ledger.alone()
    async with mill.ledger._main.transaction() as connection:
        assert (await connection.execute(SQL["claim"], {"until": NOON, "buckets": 10})).rowcount == 1
        await gather_marked(connection)
        assert await mill.keep(seen(7, at=NOON + QUARTER)) == Outcome(stored=1)
        assert (await write(connection, timedelta(0))).unmarked == 0
    assert await mill.tally() == 1
    assert mill.row("SELECT rows, total, revision FROM doorfiets.tally_hour") == (2, 12, 2)


async def test_a_mark_in_the_place_of_another_is_not_taken_away(mill: Mill) -> None:
    """`keep` writes a claimed mark again, a vacuum frees the old place of it, and the mark of another hour takes that.

    The transaction of `keep` began before the claim: a newer one would still be looked at by whoever claimed.
    """
    for value in (5, 6):  # the mark lies in its second version: its place is free as soon as that is pruned
        await mill.keep(seen(value, heard=20 + value))
    assert await mill.ledger.alone()
    records, known = [mill.record(seen(7, heard=40))], await _registry(mill)
    async with mill.ledger._main.transaction() as round_:
        async with mill.store.behind_fence(LOG, records) as (connection, _):
            claimed = await round_.execute(SQL["claim"], {"until": NOON, "buckets": 10})
            assert claimed.rowcount == 1
            place = await (await round_.execute("SELECT place FROM mark")).fetchone()
            await put(connection, sort_out([seen(7, heard=40)], known))
        await gather_marked(round_)  # these statements see what `keep` committed, so nobody needs what was before
        other = await _take(mill, place)
        assert (await write(round_, timedelta(0))).unmarked == 0
    assert mill.rows("SELECT ctid FROM doorfiets.dirty WHERE hour = %s", other) == [place]
    await mill.tally()
    assert mill.rows("SELECT rows, total FROM doorfiets.tally_hour WHERE hour = %s", other) == [(1, 9)]


async def _take(mill: Mill, place: object) -> datetime:
    """Store hour after hour until the mark of one lies in this place; give that hour."""
    for number in range(1, 100):
        hour = NOON + number * HOUR
        mill.database.execute("VACUUM doorfiets.dirty")
        await mill.keep(seen(9, at=hour))
        if mill.rows("SELECT ctid FROM doorfiets.dirty WHERE hour = %s", hour) == [place]:
            return hour
    raise AssertionError(f"no mark came to lie at {place}")


async def _registry(mill: Mill) -> Registry:
    """Read the registry over a connection of its own."""
    store = Store(mill.conninfo)
    known = await store.datastreams()
    await store.drop()
    return known
