"""What a rebuild promises.

What is wrong is put right, what is right stays as it is, and live indicators do not wait.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from schemas.observation import Observation
from streams.aggregator import Aggregator
from streams.rebuild import Rebuild, RebuildProgress, progress, rebuild
from streams.sinks.aggregation.aggregate_store import AggregateStore
from tests.contracts.processing import HOUR, NOON, StoreAndAggregate, quarters, seen

pytestmark = pytest.mark.contracts

MIDNIGHT = datetime(2026, 5, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)
SOURCES = [
    ("a-1", "bicycles/in"),
    ("a-1", "bicycles/out"),
    ("a-1", "cars"),
    *((f"{one}-1", "bicycles/in") for one in "bcde"),
]
TAMPERED = {
    "datastream_hour": "total = total + 1",
    "datastream_day": "rows = 0",
    "site_hour": "paired = 0",
    "site_day": "total = 0",
    "share_hour": "numerator = numerator + 1",
    "share_day": "denominator = denominator + 1",
    "link_day": "cyclists = 1",
    "route_day": "bicycle_km = 0",
}
_REFUSE_AN_HOUR = """
CREATE FUNCTION doorfiets.refuse_an_hour() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE 'this hour cannot be computed';
END $$;
CREATE TRIGGER refuse_an_hour BEFORE INSERT ON doorfiets.datastream_hour
FOR EACH ROW WHEN (NEW.hour = '2026-05-12 10:00Z' AND NEW.datastream = {}) EXECUTE FUNCTION doorfiets.refuse_an_hour();
"""


async def test_a_rebuild_from_nothing_gives_the_same_aggregates(processing: StoreAndAggregate) -> None:
    """Over the spring change, of whole numbers, fractions and gaps: the same as computed mark by mark."""
    await processing.store(*_city(3, datetime(2026, 3, 27, 23, tzinfo=UTC)))
    await processing.aggregate()
    expected = processing.contents()
    processing.database.execute("TRUNCATE " + ", ".join(f"doorfiets.{one}" for one in expected))
    requested = rebuild(processing.conninfo)
    assert requested == Rebuild(1, date(2026, 3, 28), date(2026, 3, 31), 4)
    await processing.aggregate()
    assert processing.contents() == expected
    assert progress(processing.conninfo, requested) == RebuildProgress(0, sum(map(len, expected.values())))


async def test_a_rebuild_of_what_is_right_writes_nothing(processing: StoreAndAggregate) -> None:
    """Not a byte, when it was computed included."""
    await processing.store(*_city(2))
    await processing.aggregate()
    before = processing.aggregate_rows()
    requested = rebuild(processing.conninfo, date(2026, 5, 1), date(2026, 5, 31))
    await processing.aggregate()
    assert requested is not None
    assert processing.aggregate_rows() == before
    assert progress(processing.conninfo, requested) == RebuildProgress(0, 0)


@pytest.mark.parametrize("table", TAMPERED)
async def test_what_was_tampered_with_is_put_right(processing: StoreAndAggregate, table: str) -> None:
    """In every table; the row gets a new revision, and no other row does."""
    await processing.store(*_city(2))
    await processing.aggregate()
    contents, before = processing.contents(), processing.aggregate_rows()
    key = "hour = '2026-05-12 10:00Z'" if table.endswith("hour") else "day = '2026-05-12'"
    tampered = processing.database.execute(
        f"UPDATE doorfiets.{table} SET {TAMPERED[table]} WHERE {key}".encode()  # noqa: S608 - names of ours
    ).rowcount
    requested = rebuild(processing.conninfo, date(2026, 5, 12), date(2026, 5, 12))
    await processing.aggregate()
    assert requested is not None
    assert processing.contents() == contents
    assert progress(processing.conninfo, requested).changed == tampered > 0
    after = processing.aggregate_rows()
    assert {one: rows for one, rows in after.items() if one != table} == {
        one: rows for one, rows in before.items() if one != table
    }
    assert sum(new != old for new, old in zip(after[table], before[table], strict=True)) == tampered
    assert processing.row(f"SELECT sum(revision - 1) FROM doorfiets.{table}") == (tampered,)  # noqa: S608 - likewise


@pytest.mark.parametrize("table", TAMPERED)
async def test_what_is_missing_is_put_back_and_what_is_left_stays(processing: StoreAndAggregate, table: str) -> None:
    """One table alone may still stand: nothing conflicts, and nothing that was right is revised."""
    await processing.store(*_city(2))
    await processing.aggregate()
    before = processing.aggregate_rows()
    others = ", ".join(f"doorfiets.{one}" for one in TAMPERED if one != table)
    processing.database.execute(f"TRUNCATE {others}".encode())
    rebuild(processing.conninfo)
    await processing.aggregate()
    after = processing.aggregate_rows()
    assert after[table] == before[table]
    assert {one: len(rows) for one, rows in after.items()} == {one: len(rows) for one, rows in before.items()}


async def test_only_the_days_of_the_range_are_computed(processing: StoreAndAggregate) -> None:
    """What is wrong on the day before stays wrong."""
    await processing.store(*_city(2))
    await processing.aggregate()
    processing.database.execute("UPDATE doorfiets.site_day SET total = -1")
    rebuild(processing.conninfo, date(2026, 5, 13), date(2026, 5, 13))
    await processing.aggregate()
    assert processing.rows("SELECT DISTINCT day FROM doorfiets.site_day WHERE total = -1") == [(date(2026, 5, 12),)]


async def test_an_hour_without_observations_is_emptied(processing: StoreAndAggregate) -> None:
    """What nobody observed any more is not counted any more."""
    await processing.store(seen(5), seen(6, at=NOON + DAY))
    await processing.aggregate()
    processing.database.execute("DELETE FROM doorfiets.observation WHERE value = 5")
    rebuild(processing.conninfo)
    await processing.aggregate()
    assert processing.row("SELECT rows, total FROM doorfiets.datastream_hour WHERE hour = %s", NOON) == (0, None)


async def test_of_nothing_there_is_nothing_to_rebuild(processing: StoreAndAggregate) -> None:
    """An empty database, or days before everything."""
    assert rebuild(processing.conninfo) is None
    await processing.store(seen(5))
    assert rebuild(processing.conninfo, date(2020, 1, 1), date(2020, 12, 31)) is None


async def test_two_sessions_rebuild_a_long_range(processing: StoreAndAggregate) -> None:
    """Each its own half, and the same aggregates."""
    await processing.store(*_city(20, sparse=True))
    await processing.aggregate()
    expected = processing.contents()
    processing.database.execute("TRUNCATE " + ", ".join(f"doorfiets.{one}" for one in expected))
    rebuild(processing.conninfo)
    assert await processing.aggregate_store.alone()
    assert await processing.aggregate_store.pieces(3, wide=True) == 6
    while await processing.aggregate_store.pieces(3, wide=True):
        pass
    assert processing.contents() == expected
    assert processing.row("SELECT count(*), count(done_at) FROM doorfiets.rebuild") == (2, 2)


async def test_nobody_begins_while_a_second_session_still_works(processing: StoreAndAggregate) -> None:
    """A crashed aggregate may leave a piece behind that is still being computed: it must end first."""
    with processing.database.transaction():
        processing.database.execute("SELECT pg_advisory_xact_lock(7364203)")
        assert not await processing.aggregate_store.alone()
    assert await processing.aggregate_store.alone()
    other = AggregateStore(processing.conninfo)
    assert not await other.alone()
    await other.drop()


async def test_what_store_stores_meanwhile_is_not_lost(processing: StoreAndAggregate) -> None:
    """A piece does not see what is not committed, and takes no mark away."""
    await processing.store(seen(5))
    await processing.aggregate()
    rebuild(processing.conninfo)
    assert await processing.aggregate_store.alone()
    storing = asyncio.create_task(processing.store(seen(7, at=NOON + HOUR)))
    assert await processing.aggregate_store.pieces(1) == 1
    await storing
    await processing.aggregate()
    assert processing.row("SELECT sum(total) FROM doorfiets.datastream_hour") == (12,)


async def test_live_indicators_do_not_wait_for_a_rebuild(processing: StoreAndAggregate) -> None:
    """Between two pieces, what is dirty comes first."""
    await processing.store(*_city(20, sparse=True))
    await processing.aggregate()
    requested = rebuild(processing.conninfo)
    assert requested is not None
    assert await processing.aggregate_store.alone()
    aggregator = Aggregator(processing.aggregate_store, made=lambda: None, done=lambda: None)
    await aggregator._step()
    await processing.store(seen(77, sensor="b-1", at=MIDNIGHT + 5 * DAY, received=10**7))
    await aggregator._step()
    assert processing.row("SELECT maximum FROM doorfiets.datastream_hour WHERE maximum = 77") == (77,)
    assert progress(processing.conninfo, requested).left > 0


async def test_an_hour_that_cannot_be_computed_is_set_aside(
    processing: StoreAndAggregate, caplog: pytest.LogCaptureFixture
) -> None:
    """Loudly, with the reason; everything else is computed, and it is tried again after a start."""
    await processing.store(*quarters(range(16), sensor="b-1", at=NOON - 2 * HOUR))
    stream = processing.row("SELECT datastream FROM doorfiets.datastream WHERE sensor = 'b-1'")[0]
    processing.database.execute(_REFUSE_AN_HOUR.format(stream).encode())
    try:
        await _work_until(processing, "SELECT count(*) = 0 FROM doorfiets.dirty_hour")
    finally:
        processing.database.execute("DROP FUNCTION doorfiets.refuse_an_hour CASCADE")
    problem = "this hour cannot be computed"
    assert (
        problem
        in processing.row(
            "SELECT problem FROM doorfiets.failed_hour WHERE datastream = %s AND hour = %s", stream, NOON
        )[0]
    )
    assert any(problem in line.message and line.levelname == "ERROR" for line in caplog.records)
    assert processing.row("SELECT count(*), sum(rows) FROM doorfiets.datastream_hour") == (3, 12)
    await processing.aggregate_store.drop()
    restarted = AggregateStore(processing.conninfo)
    assert await restarted.alone()
    assert await restarted.round(500) == 1
    assert processing.row("SELECT count(*), sum(rows) FROM doorfiets.datastream_hour") == (4, 16)
    assert processing.row("SELECT count(*) FROM doorfiets.failed_hour") == (0,)
    await restarted.drop()


async def test_a_day_that_cannot_be_rebuilt_is_taken_apart(processing: StoreAndAggregate) -> None:
    """Hour by hour, so that all but one are right again, and the days before too."""
    await processing.store(*_city(2))
    await processing.aggregate()
    expected = processing.contents()["site_hour"]
    processing.database.execute("UPDATE doorfiets.site_hour SET total = 1")
    processing.database.execute("UPDATE doorfiets.datastream_hour SET rows = 0")
    stream = processing.row("SELECT datastream FROM doorfiets.datastream WHERE sensor = 'b-1'")[0]
    processing.database.execute(_REFUSE_AN_HOUR.format(stream).encode())
    requested = rebuild(processing.conninfo)
    assert requested is not None
    try:
        await _work_until(processing, "SELECT count(*) = 0 FROM doorfiets.rebuild WHERE next_day > first_day")
        await _work_until(processing, "SELECT count(*) = 0 FROM doorfiets.dirty_hour")
    finally:
        processing.database.execute("DROP FUNCTION doorfiets.refuse_an_hour CASCADE")
    assert processing.row("SELECT datastream, hour FROM doorfiets.failed_hour") == (stream, NOON)
    assert sum(one != other for one, other in zip(processing.contents()["site_hour"], expected, strict=True)) == 1


async def _work_until(processing: StoreAndAggregate, query: str) -> None:
    """Let a tallier work until a question is answered with yes."""
    aggregator = Aggregator(processing.aggregate_store, made=lambda: None, done=lambda: None)
    working = asyncio.create_task(aggregator.run())
    try:
        for _ in range(400):
            await asyncio.sleep(0.1)
            if not aggregator.behind() and processing.row(query)[0]:
                break
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await processing.aggregate_store.drop()


def _city(days: int, start: datetime = MIDNIGHT, *, sparse: bool = False) -> list[Observation]:
    """Make days of whole numbers, fractions and gaps at all sites; sparse ones of three hours each."""
    numbers = Random(4)  # noqa: S311 - a game, no secret
    return [
        seen(numbers.choice([None, 0, 3, 7, 12, 0.1, 1.5]), sensor=sensor, source=source, at=start + number * HOUR / 4)
        for sensor, source in SOURCES
        for number in range(days * 96)
        if not sparse or number % 96 < 12
    ]
