"""What `store` promises: every reading ends as stored, duplicate, corrected or rejected, and each is counted."""

import asyncio
from datetime import timedelta
from itertools import permutations

import msgspec
import psycopg
import pytest

from schemas.observation import Observation
from schemas.quality_flags import OUT_OF_RANGE
from schemas.rejection import Rejection
from schemas.watermark import Watermark
from streams.domain.assignment import DIALECT
from streams.sinks.observation_store import Outcome, TopicEpoch
from streams.writers import RejectionWriter
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

OBSERVED = (
    "SELECT value, revision, quality_flags, received_at - started_at FROM doorfiets.observation ORDER BY "
    "datastream, started_at"
)
FEED = "SELECT stored, duplicates, corrections, last_started_at FROM doorfiets.feed"
OVERTAKEN = "SELECT stored, duplicates, corrections, overtaken FROM doorfiets.feed"
LAST = "SELECT last_ended_at, last_valid_ended_at FROM doorfiets.feed"
DIRTY = "SELECT hour FROM doorfiets.dirty_hour ORDER BY hour"

ORPHANS = """
    SELECT count(*) FROM doorfiets.observation o
    WHERE NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.datastream = o.datastream)
"""


async def test_what_is_received_first_is_stored_and_its_hour_is_dirty(processing: StoreAndAggregate) -> None:
    """Values, counters and marks are of one transaction."""
    assert await processing.store(*quarters([3, None, 0, 8, 5])) == Outcome(stored=5)
    assert [row[0] for row in processing.rows(OBSERVED)] == [3, None, 0, 8, 5]
    assert processing.row(FEED) == (5, 0, 0, NOON + 4 * QUARTER)
    assert processing.rows(DIRTY) == [(NOON,), (NOON + HOUR,)]


async def test_a_mark_of_the_bridge_is_no_reading(processing: StoreAndAggregate) -> None:
    """It is passed over, alone or among readings, and the log goes on behind it."""
    mark = Watermark("doorfiets-bridge", NOON)
    assert await processing.store_records([processing.record(mark)]) == Outcome()
    assert await processing.store_records([processing.record(seen(5)), processing.record(mark)]) == Outcome(stored=1)
    assert processing.rows("SELECT next_offset FROM doorfiets.fence") == [(3,)]


async def test_the_same_value_again_is_a_duplicate_and_a_later_reception_counts(processing: StoreAndAggregate) -> None:
    """Nothing becomes dirty, no revision rises; `received_at` moves, and never back."""
    await processing.store(seen(5, received=20))
    await processing.aggregate()
    for received in (60, 40):
        assert await processing.store(seen(5, received=received)) == Outcome()
    assert processing.row(OBSERVED) == (5, 1, 0, QUARTER + timedelta(seconds=60))
    assert processing.row(FEED)[:3] == (1, 2, 0)
    assert processing.rows(DIRTY) == []


async def test_another_value_is_a_correction(processing: StoreAndAggregate) -> None:
    """The revision rises, and the hour is dirty again."""
    await processing.store(seen(5))
    await processing.aggregate()
    assert await processing.store(seen(6, received=60)) == Outcome(corrections=1)
    assert processing.row(OBSERVED)[:2] == (6, 2)
    assert processing.row(FEED)[:3] == (1, 0, 1)
    assert processing.rows(DIRTY) == [(NOON,)]


async def test_intervals_that_overlap_cover_their_time_once(processing: StoreAndAggregate) -> None:
    """A sensor restarts at three minutes past, and goes on from there: all that it counted is in the sum."""
    await processing.store(
        *quarters([5] * 4, sensor="b-1"), *quarters([5] * 4, sensor="b-1", at=NOON + timedelta(minutes=3))
    )
    await processing.aggregate()
    assert processing.row("SELECT rows, valid, expected, total FROM doorfiets.datastream_hour") == (4, 4, 4, 40)
    assert processing.rows("SELECT DISTINCT uptime FROM doorfiets.observation") == [(1.0,)]


async def test_what_is_overtaken_has_a_count_of_its_own(processing: StoreAndAggregate) -> None:
    """Whether a newer one is stored already or comes in the same batch, and whether or not others do."""
    assert await processing.store(seen(5), seen(6, received=60)) == Outcome(stored=1, corrections=1)
    assert await processing.store(seen(7, received=40)) == Outcome()
    assert await processing.store(seen(6, received=50), seen(7, received=55)) == Outcome()
    assert processing.row(OBSERVED)[:2] == (6, 1)
    assert processing.row(OVERTAKEN) == (1, 1, 1, 2)


async def test_a_feed_remembers_when_it_last_measured_something(processing: StoreAndAggregate) -> None:
    """Null, no uptime and excluded values are received, but measure nothing."""
    nothing = (seen(None, at=NOON + QUARTER), seen(0, at=NOON + 2 * QUARTER, uptime=0.0), seen(9999, at=NOON + HOUR))
    await processing.store(nothing[0])
    assert processing.row(LAST) == (NOON + 2 * QUARTER, None)
    await processing.store(seen(0), *nothing[1:])
    assert processing.row(LAST) == (NOON + HOUR + QUARTER, NOON + QUARTER)
    await processing.store(seen(None, at=NOON - HOUR))
    assert processing.row(LAST) == (NOON + HOUR + QUARTER, NOON + QUARTER)


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
@pytest.mark.parametrize("together", [True, False])
async def test_the_newest_reception_wins_in_whatever_order(
    processing: StoreAndAggregate, order: tuple[int, ...], *, together: bool
) -> None:
    """A says 5, then 6, then 5 again: 5 it is, whichever arrives last, in one batch or in three."""
    said = [seen(5, received=10), seen(6, received=20), seen(5, received=30)]
    if together:
        await processing.store(*(said[place] for place in order))
    else:
        for place in order:
            await processing.store(said[place])
    value, _, _, received = processing.row(OBSERVED)
    assert (value, received) == (5, QUARTER + timedelta(seconds=30))
    assert sum(processing.row(OVERTAKEN)) == 3


async def test_the_implausible_is_stored_with_its_quality_flag(processing: StoreAndAggregate) -> None:
    """8,000 cyclists an hour are 2,000 a quarter."""
    await processing.store(seen(2001))
    assert processing.row(OBSERVED)[:3] == (2001, 1, OUT_OF_RANGE)


async def test_a_replayed_batch_lies_below_the_fence(processing: StoreAndAggregate) -> None:
    """It is not even a duplicate."""
    record = processing.record(*quarters([3, 4]))
    assert await processing.store_records([record]) == Outcome(stored=2)
    assert await processing.store_records([record]) == Outcome()
    assert await processing.store_records([record, processing.record(seen(9, at=NOON + HOUR))]) == Outcome(stored=1)
    assert [row[:3] for row in processing.rows(FEED)] == [(3, 0, 0)]


async def test_a_stranger_is_one_rejection_a_message_and_is_received_when_registered(
    processing: StoreAndAggregate,
) -> None:
    """Its payload is what `observations` would carry: replayed with its own reception time, it is stored."""
    said = quarters([1, 2], sensor="nieuw-1", received=0)
    message = [msgspec.structs.replace(one, received_at=NOON + HOUR) for one in said]
    assert await processing.store(*message) == Outcome(rejections=1)
    reason, dialect, payload = processing.row("SELECT reason, dialect, payload FROM doorfiets.rejection")
    assert (reason, dialect) == ("unknown_sensor", DIALECT)
    _register(processing, "nieuw-1")
    processing.writer._read_at -= 2  # a second is enough for strangers, else it takes half a minute
    assert await processing.store(*msgspec.json.decode(payload, type=list[Observation])) == Outcome(stored=2)


async def test_a_datastream_that_a_registry_took_away_a_moment_ago_is_a_stranger(processing: StoreAndAggregate) -> None:
    """`store` still knows it; nothing is stored under a number that is no more, all else of the batch is."""
    assert await processing.store(seen(1, sensor="b-1")) == Outcome(stored=1)
    _without(processing, "e")
    assert await processing.store(seen(2, sensor="e-1"), seen(2, sensor="b-1", at=NOON + HOUR)) == Outcome(
        stored=1, rejections=1
    )
    assert processing.row("SELECT reason, sensor FROM doorfiets.rejection") == ("unknown_sensor", "e-1")
    assert processing.row(ORPHANS) == (0,)


async def test_a_datastream_that_is_taken_away_while_its_batch_waits_is_a_stranger(
    processing: StoreAndAggregate,
) -> None:
    """The batch was assigned before the registry was there, and waits until it is."""
    await processing.store(seen(1, sensor="b-1"))
    with psycopg.connect(processing.conninfo, user="registrar") as session:
        session.execute("SELECT doorfiets.hold_marks(ARRAY(SELECT number FROM doorfiets.owner))")
        session.execute("DELETE FROM doorfiets.datastream WHERE sensor = 'e-1'")
        storing = asyncio.create_task(processing.store(seen(2, sensor="e-1")))
        await asyncio.sleep(0.5)
        assert not storing.done()
        session.commit()
    async with asyncio.timeout(30):
        assert await storing == Outcome(rejections=1)
    assert processing.row(ORPHANS) == (0,)


async def test_a_stranger_that_is_received_again_is_the_same_rejection(processing: StoreAndAggregate) -> None:
    """A message that is delivered twice comes with another time of reception, and is the same message all the same."""
    first, again, other = (
        seen(value, sensor="nieuw-1", received=received) for value, received in ((1.0, 20), (1.0, 30), (2.0, 40))
    )
    await processing.store(first)
    await processing.store(again, other)
    assert sorted(processing.rows("SELECT receptions, payload FROM doorfiets.rejection"), reverse=True) == [
        (2, msgspec.json.encode([first])),
        (1, msgspec.json.encode([other])),
    ]


async def test_what_no_row_could_hold_does_not_take_its_batch_along(processing: StoreAndAggregate) -> None:
    """A reader at the door should have refused it; its neighbours are stored."""
    assert await processing.store(seen(float("nan")), seen(4, at=NOON + QUARTER)) == Outcome(stored=1, rejections=1)


async def test_a_rejection_of_the_bridge_is_one_row_however_often_it_is_received(processing: StoreAndAggregate) -> None:
    """Exact bytes, first and last reception; NUL in a text is no obstacle."""
    log = TopicEpoch("rejections", "cluster/topic")
    writer = RejectionWriter(processing.observation_store, log)
    await processing.observation_store.fences(log, {0: 0})
    refused = [
        Rejection(NOON + number * HOUR, "sensors/a-1/data", "json", "malformed", "not \0 JSON", b'{"x":\0')
        for number in (1, 0)
    ]
    for one in [*refused, *refused]:  # what the log holds twice was received once
        await writer.write([processing.record(one)])
    columns = "payload, detail, receptions, first_received_at, last_received_at"
    row = processing.row(f"SELECT {columns} FROM doorfiets.rejection")  # noqa: S608 - a constant
    assert row == (b'{"x":\0', "not \ufffd JSON", 2, NOON, NOON + HOUR)


def _register(processing: StoreAndAggregate, sensor: str) -> None:
    what = small()
    stream = msgspec.structs.replace(what.sites[1].channels[0].datastreams[0], sensor=sensor)
    channel = msgspec.structs.replace(what.sites[1].channels[0], id="nieuw", datastreams=[stream])
    what.sites.append(msgspec.structs.replace(what.sites[1], id="nieuw", channels=[channel]))
    load(processing.conninfo, what)


def _without(processing: StoreAndAggregate, site: str) -> None:
    """Apply the small registry without a site and all that names it."""
    registry = small()
    load(
        processing.conninfo,
        msgspec.structs.replace(
            registry,
            sites=[one for one in registry.sites if one.id != site],
            links=[one for one in registry.links if one.site != site],
            routes=[],
        ),
    )
