"""Who waits for what was sent waits until it is in the sums, sees it go on, and is told when it does not."""

import asyncio
from collections.abc import Callable

import pytest

from operations.log_ends import Extent
from operations.processing import NotProcessedError, Processing, Span, Waits
from tests.contracts.mill import HOUR, LOG, NOON, QUARTER, Mill, quarters, seen

pytestmark = pytest.mark.contracts


def sent(mill: Mill, records: int) -> Processing:
    """Follow so many records of the log, about three hours from NOON on."""
    return Processing(mill.conninfo, {(*LOG, 0): Extent(0, records)}, Span(NOON, NOON + 2 * HOUR + QUARTER))


async def test_it_waits_until_all_is_stored_and_aggregated(mill: Mill) -> None:
    """With what waits on the way: records first, then hours of its span only."""
    records = [mill.record(*quarters([5] * 4, at=NOON + number * HOUR)) for number in range(3)]
    old = mill.record(seen(5, at=NOON - 500 * HOUR))
    told: list[Waits] = []
    waiting = asyncio.create_task(asyncio.to_thread(sent(mill, 4).wait, told.append))
    await _until(lambda: bool(told))
    assert told[0] == Waits(records=4, hours=0, all_hours=0, stuck=0)
    await mill.keep_records([*records, old])
    await _until(lambda: told[-1].records == 0)
    assert told[-1] == Waits(records=0, hours=3, all_hours=4, stuck=0)
    await mill.tally()
    assert (await waiting)[:2] == (0, 0)


async def test_what_began_to_wait_later_is_not_waited_for(mill: Mill) -> None:
    """Live data of the same hours comes after all that was sent."""
    processing = sent(mill, 1)
    await mill.keep(seen(5))
    await mill.tally()
    assert processing.look()[:2] == (0, 0)
    await mill.keep(seen(6, at=NOON + QUARTER))
    assert processing.look() == Waits(records=0, hours=0, all_hours=1, stuck=0)


async def test_where_nothing_goes_on_it_gives_up(mill: Mill) -> None:
    """And says who should be at work, with what is left."""
    processing = sent(mill, 1)
    with pytest.raises(NotProcessedError, match=r"1 records to store, 0 hours .* is `keep` at work\?"):
        await asyncio.to_thread(processing.wait, lambda _: None, 1.0)
    await mill.keep(seen(5))
    with pytest.raises(NotProcessedError, match=r"0 records to store, 1 hours .* is `tally` at work\?"):
        await asyncio.to_thread(processing.wait, lambda _: None, 1.0)


async def test_an_hour_that_cannot_be_computed_is_not_waited_for(mill: Mill) -> None:
    """It is told."""
    await mill.keep(seen(5))
    mill.database.execute("INSERT INTO doorfiets.stuck SELECT datastream, hour, 'overflow' FROM doorfiets.dirty")
    mill.database.execute("DELETE FROM doorfiets.dirty")
    assert sent(mill, 1).wait(lambda _: None) == Waits(records=0, hours=0, all_hours=0, stuck=1)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not holds():  # noqa: ASYNC110 - a thread does it
            await asyncio.sleep(0.05)
