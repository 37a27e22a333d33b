"""Who waits for what was sent waits until it is in the sums, sees it go on, and is told when it does not."""

import asyncio

import pytest

from operations.completion import Completion, NotProcessedError, ObservedRange, Waits
from operations.log_ends import PartitionExtent
from tests.contracts.processing import HOUR, LOG, NOON, QUARTER, StoreAndAggregate, quarters, seen
from tests.services import wait_until

pytestmark = pytest.mark.contracts


def sent(processing: StoreAndAggregate, records: int) -> Completion:
    """Follow so many records of the log, about three hours from NOON on."""
    return Completion(
        processing.conninfo, {(*LOG, 0): PartitionExtent(0, records)}, ObservedRange(NOON, NOON + 2 * HOUR + QUARTER)
    )


async def test_it_waits_until_all_is_stored_and_aggregated(processing: StoreAndAggregate) -> None:
    """With what waits on the way: records first, then hours of its span only."""
    records = [processing.record(*quarters([5] * 4, at=NOON + number * HOUR)) for number in range(3)]
    old = processing.record(seen(5, at=NOON - 500 * HOUR))
    reported: list[Waits] = []
    waiting = asyncio.create_task(asyncio.to_thread(sent(processing, 4).wait, reported.append))
    await asyncio.to_thread(wait_until, lambda: bool(reported), "it has looked once")
    assert reported[0] == Waits(records=4, hours=0, all_hours=0, failed=0)
    await processing.store_records([*records, old])
    await asyncio.to_thread(wait_until, lambda: reported[-1].records == 0, "it has seen the records stored")
    assert reported[-1] == Waits(records=0, hours=3, all_hours=4, failed=0)
    await processing.aggregate()
    assert (await waiting)[:2] == (0, 0)


async def test_what_began_to_wait_later_is_not_waited_for(processing: StoreAndAggregate) -> None:
    """Live data of the same hours comes after all that was sent."""
    completion = sent(processing, 1)
    await processing.store(seen(5))
    await processing.aggregate()
    assert completion.look()[:2] == (0, 0)
    await processing.store(seen(6, at=NOON + QUARTER))
    assert completion.look() == Waits(records=0, hours=0, all_hours=1, failed=0)


async def test_where_nothing_goes_on_it_gives_up(processing: StoreAndAggregate) -> None:
    """And says who should be at work, with what is left."""
    completion = sent(processing, 1)
    with pytest.raises(NotProcessedError, match=r"1 records to store, 0 hours .* is `store` at work\?"):
        await asyncio.to_thread(completion.wait, lambda _: None, 1.0)
    await processing.store(seen(5))
    with pytest.raises(NotProcessedError, match=r"0 records to store, 1 hours .* is `aggregate` at work\?"):
        await asyncio.to_thread(completion.wait, lambda _: None, 1.0)


async def test_an_hour_that_cannot_be_computed_is_not_waited_for(processing: StoreAndAggregate) -> None:
    """It is told."""
    await processing.store(seen(5))
    processing.database.execute(
        "INSERT INTO doorfiets.failed_hour SELECT datastream, hour, 'overflow' FROM doorfiets.dirty_hour"
    )
    processing.database.execute("DELETE FROM doorfiets.dirty_hour")
    assert sent(processing, 1).wait(lambda _: None) == Waits(records=0, hours=0, all_hours=0, failed=1)
