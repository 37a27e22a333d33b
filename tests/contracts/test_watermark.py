"""What the platform says of itself: what was published until when has been processed, and how much waits."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from schemas.watermark import Watermark
from streams.sinks.observation_store import Outcome
from streams.sinks.stages import Stages
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, quarters, seen

pytestmark = pytest.mark.contracts

SECOND = timedelta(seconds=1)
WATERMARK = "SELECT * FROM api.watermark"
UNTIL = "SELECT received_until, stored_until FROM api.watermark"


@pytest.fixture
async def stages(processing: StoreAndAggregate) -> AsyncIterator[Stages]:
    """Measure as `aggregate` does."""
    made = Stages(processing.conninfo, "aggregate")
    yield made
    await made.drop()


def _passed(processing: StoreAndAggregate, bridge: str, *marks: datetime) -> None:
    """Let `store` have passed these marks of a bridge, one per partition."""
    for partition, published_until in enumerate(marks):
        processing.database.execute(
            "INSERT INTO doorfiets.watermark VALUES (%s, %s, %s)"
            " ON CONFLICT (bridge, partition) DO UPDATE SET published_until = excluded.published_until",
            [bridge, partition, published_until],
        )


def _read(processing: StoreAndAggregate, partitions: int) -> None:
    """Let topic `observations` have so many partitions."""
    for partition in range(partitions):
        processing.database.execute("INSERT INTO doorfiets.fence VALUES ('observations', 'here', %s, 0)", [partition])


def _measured(processing: StoreAndAggregate, stage: str, worker: str, backlog: int, at: datetime) -> None:
    processing.database.execute(
        "INSERT INTO doorfiets.stage (stage, worker, backlog, measured_at) VALUES (%s, %s, %s, %s)",
        [stage, worker, backlog, at],
    )


def test_nothing_is_judged_where_nothing_was_marked(processing: StoreAndAggregate) -> None:
    """A database that no bridge has filled says nothing, in one row."""
    _measured(processing, "store", "1", 3, NOON)
    assert processing.rows(WATERMARK) == [(None,) * 9]
    assert processing.row("SELECT api.processed_until()") == (None,)


def test_stored_is_what_every_partition_has_passed(processing: StoreAndAggregate) -> None:
    """Received is the newest mark that was seen; a partition without any mark leaves open what is stored."""
    _read(processing, 3)
    _passed(processing, "one", NOON, NOON + 2 * SECOND)
    assert processing.row(UNTIL) == (NOON + 2 * SECOND, None)
    _passed(processing, "one", NOON, NOON + 2 * SECOND, NOON + SECOND)
    assert processing.row(UNTIL) == (NOON + 2 * SECOND, NOON)


def test_the_slower_of_two_bridges_counts_unless_it_is_retired(processing: StoreAndAggregate) -> None:
    """One that has marked nothing for a day holds nobody up; one that has just begun neither."""
    _read(processing, 2)
    _passed(processing, "one", NOON, NOON)
    _passed(processing, "two", NOON - SECOND, NOON + SECOND)
    assert processing.row(UNTIL) == (NOON, NOON - SECOND)
    _passed(processing, "three", NOON + SECOND)
    assert processing.row(UNTIL) == (NOON, NOON - SECOND)
    later = NOON + timedelta(days=1, seconds=2)
    _passed(processing, "two", later, later)
    assert processing.row(UNTIL) == (later, later)


async def test_store_moves_the_marks_with_the_fence(processing: StoreAndAggregate) -> None:
    """What stands before a mark is stored when the mark is passed; a mark is nothing to store and nothing changed."""
    before, mark = (
        processing.record(seen(5)),
        processing.record(Watermark("one", NOON), Watermark("two", NOON + SECOND)),
    )
    assert await processing.store_records([before, mark, processing.record(seen(6, at=NOON + QUARTER))]) == Outcome(2)
    assert processing.row(UNTIL) == (NOON, NOON)
    assert await processing.store_records([processing.record(Watermark("one", NOON + 3 * SECOND))]) == Outcome()
    assert processing.row(UNTIL) == (NOON + SECOND, NOON + SECOND)
    assert processing.row("SELECT next_offset FROM doorfiets.fence") == (4,)


async def test_a_mark_goes_back_only_from_the_future(processing: StoreAndAggregate) -> None:
    """A redelivered mark says nothing new; one of a clock that was wrong does not stand for ever."""
    for until, stands in ((NOON, NOON), (NOON - SECOND, NOON), (NOON.replace(year=2999), None), (NOON, NOON)):
        await processing.store_records([processing.record(Watermark("one", until))])
        assert processing.row(UNTIL) == (stands or until,) * 2


async def test_a_damaged_mark_holds_nothing_up(processing: StoreAndAggregate) -> None:
    """It carries no reading; the next one says more."""
    damaged = processing.record(Watermark("one", NOON))._replace(value=b"?")
    assert await processing.store_records([damaged, processing.record(seen(5))]) == Outcome(1)
    assert processing.row(UNTIL) == (None, None)


def test_backlogs_are_those_of_the_workers_that_still_measure(processing: StoreAndAggregate) -> None:
    """Two workers share the partitions; one that is no more has nothing that waits."""
    _passed(processing, "one", NOON)
    _measured(processing, "store", "1", 30, NOON)
    _measured(processing, "store", "2", 12, NOON - SECOND)
    _measured(processing, "store", "3", 900, NOON - timedelta(minutes=1))
    _measured(processing, "aggregate", "", 7, NOON - timedelta(minutes=5))
    query = "SELECT receive_backlog, store_backlog, aggregate_backlog, measured_at FROM api.watermark"
    assert processing.row(query) == (None, 42, 7, NOON)


async def test_what_waits_before_the_log_is_what_the_newest_mark_of_each_bridge_says(
    processing: StoreAndAggregate,
) -> None:
    """Of those that say it; what no table can hold is no mark."""
    said = (Watermark("one", NOON, 900), Watermark("two", NOON, 5), Watermark("three", NOON))
    await processing.store_records([processing.record(*said), processing.record(Watermark("one", NOON + SECOND, 30))])
    await processing.store_records(
        [processing.record(Watermark("one", NOON + 2 * SECOND, -1)), processing.record(Watermark("two", NOON, 1 << 63))]
    )
    assert processing.row("SELECT receive_backlog FROM api.watermark") == (35,)


async def test_each_stage_says_when_it_measured(processing: StoreAndAggregate) -> None:
    """So that one that has stopped to can be told."""
    _passed(processing, "one", NOON)
    _measured(processing, "store", "1", 30, NOON)
    _measured(processing, "aggregate", "", 7, NOON + timedelta(minutes=5))
    query = "SELECT measured_at, store_measured_at, aggregate_measured_at FROM api.watermark"
    assert processing.row(query) == (NOON + timedelta(minutes=5), NOON, NOON + timedelta(minutes=5))


def test_readers_see_it(processing: StoreAndAggregate) -> None:
    """Everybody who shows numbers may say how far they have come."""
    for role in ("api", "grafana_staff", "grafana_public", "backup"):
        with processing.database.transaction(force_rollback=True):
            processing.database.execute(f"SET LOCAL ROLE {role}".encode())
            assert processing.row("SELECT api.processed_until() FROM api.watermark") == (None,)


async def test_when_an_hour_began_to_wait_stays(processing: StoreAndAggregate) -> None:
    """A mark that is set again is as old as it was."""
    await processing.store(seen(5))
    processing.database.execute("UPDATE doorfiets.dirty_hour SET marked_at = %s", [NOON])
    await processing.store(seen(6, received=60))
    assert processing.rows("SELECT marked_at FROM doorfiets.dirty_hour") == [(NOON,)]


async def _processed(processing: StoreAndAggregate, stages: Stages) -> tuple[datetime | None, int]:
    """Measure, and give until when all is aggregated and how many hours wait."""
    await stages.aggregate_measured(processing.aggregate_store.edge)
    until, backlog = processing.row("SELECT aggregated_until, aggregate_backlog FROM api.watermark")
    return until, backlog


async def test_aggregated_follows_what_is_stored(processing: StoreAndAggregate, stages: Stages) -> None:
    """What was stored before a mark of the intake is in the sums once its hours do not wait any more."""
    for value, until in ((5, NOON), (6, NOON + HOUR)):
        before, mark = processing.record(seen(value, at=until)), processing.record(Watermark("one", until))
        await processing.store_records([before, mark])
        assert await _processed(processing, stages) == (None if until == NOON else NOON, 1)
        await processing.aggregate()
        assert await _processed(processing, stages) == (until, 0)
        assert processing.row("SELECT api.processed_until()") == (until,)


async def test_hours_of_the_past_do_not_hold_up_the_live_edge(processing: StoreAndAggregate, stages: Stages) -> None:
    """An import of old years has its own number."""
    await processing.store(*quarters([5] * 8, at=NOON - 900 * HOUR))
    await processing.store_records([processing.record(seen(5)), processing.record(Watermark("one", NOON))])
    assert await _processed(processing, stages) == (None, 3)
    assert await processing.aggregate_store.alone()
    await processing.aggregate_store.round(1)
    assert await _processed(processing, stages) == (NOON, 2)


async def test_an_hour_that_never_rests_is_aggregated_all_the_same(
    processing: StoreAndAggregate, stages: Stages
) -> None:
    """Its mark is set again before it can be taken away, again and again: what it stood for is in the sums."""
    await processing.store_records([processing.record(seen(5)), processing.record(Watermark("one", NOON))])
    assert await processing.aggregate_store.alone()
    with psycopg.connect(processing.superuser) as storing:
        storing.execute("UPDATE doorfiets.dirty_hour SET hour = hour")
        assert await processing.aggregate_store.round(500) == 0
    assert await _processed(processing, stages) == (NOON, 1)


async def test_a_round_that_took_only_some_of_the_live_hours_promises_nothing(
    processing: StoreAndAggregate, stages: Stages
) -> None:
    """The others wait."""
    await processing.store_records([processing.record(*quarters([5] * 8)), processing.record(Watermark("one", NOON))])
    assert await processing.aggregate_store.alone()
    assert await processing.aggregate_store.round(1) == 1
    assert await _processed(processing, stages) == (None, 1)


async def test_what_is_aggregated_is_never_ahead_of_what_is_stored(
    processing: StoreAndAggregate, stages: Stages
) -> None:
    """A bridge with a wrong clock marked the future; when it is mended, the future is not over before it came."""
    await processing.store_records([processing.record(Watermark("one", NOON.replace(year=2999)))])
    assert (await _processed(processing, stages))[0] == NOON.replace(year=2999)
    await processing.store_records([processing.record(Watermark("one", NOON))])
    assert (await _processed(processing, stages))[0] == NOON


async def test_a_worker_says_what_it_has_still_to_store(processing: StoreAndAggregate) -> None:
    """As often as it likes."""
    storing = Stages(processing.conninfo, "store")
    await processing.store_records([processing.record(Watermark("one", NOON))])
    for backlog in (12, 7):
        await storing.store_measured("1", backlog)
    assert processing.row("SELECT store_backlog FROM api.watermark") == (7,)
    await storing.drop()


FEED = "SELECT status, missed_intervals::float8 FROM api.feed WHERE channel = 'a-in'"


async def test_a_sensor_is_judged_only_as_far_as_the_intake_has_read(processing: StoreAndAggregate) -> None:
    """A platform that lags calls nobody silent; where nothing was marked, what is stored is all there is."""
    (now,) = processing.row("SELECT date_bin('15 minutes', now(), 'epoch')")
    last = now.astimezone(UTC) - 40 * QUARTER
    await processing.store(seen(5, at=last))
    assert processing.row(FEED)[0] == "silent"
    await processing.store_records([processing.record(Watermark("one", last + QUARTER + 60 * SECOND))])
    status, missed = processing.row(FEED)
    assert (status, round(missed, 2)) == ("ok", 0.07)
    await processing.store_records([processing.record(Watermark("one", last + 5 * QUARTER))])
    assert processing.row(FEED) == ("silent", 4.0)
    await processing.store_records([processing.record(Watermark("one", last.replace(year=2999)))])
    assert processing.row(FEED)[1] < 50
