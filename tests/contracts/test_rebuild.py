"""What a rebuild promises: what is wrong is put right, what is right stays as it is, and live figures do not wait."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from schemas.observation import Observation
from streams.rebuild import Progress, Rebuild, progress, rebuild
from streams.sinks.tallies import Ledger
from streams.tallying import Tallier
from tests.contracts.mill import HOUR, NOON, Mill, quarters, seen

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
    "tally_hour": "total = total + 1",
    "tally_day": "rows = 0",
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
CREATE TRIGGER refuse_an_hour BEFORE INSERT ON doorfiets.tally_hour
FOR EACH ROW WHEN (NEW.hour = '2026-05-12 10:00Z' AND NEW.datastream = {}) EXECUTE FUNCTION doorfiets.refuse_an_hour();
"""


async def test_a_rebuild_from_nothing_gives_the_same_tallies(mill: Mill) -> None:
    """Over the spring change, of whole numbers, fractions and gaps: the same as computed mark by mark."""
    await mill.keep(*_city(3, datetime(2026, 3, 27, 23, tzinfo=UTC)))
    await mill.tally()
    expected = mill.contents()
    mill.database.execute("TRUNCATE " + ", ".join(f"doorfiets.{one}" for one in expected))
    asked = rebuild(mill.conninfo)
    assert asked == Rebuild(1, date(2026, 3, 28), date(2026, 3, 31))
    await mill.tally()
    assert mill.contents() == expected
    assert progress(mill.conninfo, asked) == Progress(0, sum(map(len, expected.values())))


async def test_a_rebuild_of_what_is_right_writes_nothing(mill: Mill) -> None:
    """Not a byte, when it was computed included."""
    await mill.keep(*_city(2))
    await mill.tally()
    before = mill.tallies()
    asked = rebuild(mill.conninfo, date(2026, 5, 1), date(2026, 5, 31))
    await mill.tally()
    assert asked is not None
    assert mill.tallies() == before
    assert progress(mill.conninfo, asked) == Progress(0, 0)


@pytest.mark.parametrize("table", TAMPERED)
async def test_what_was_tampered_with_is_put_right(mill: Mill, table: str) -> None:
    """In every table; the row gets a new revision, and no other row does."""
    await mill.keep(*_city(2))
    await mill.tally()
    contents, before = mill.contents(), mill.tallies()
    key = "hour = '2026-05-12 10:00Z'" if table.endswith("hour") else "day = '2026-05-12'"
    tampered = mill.database.execute(f"UPDATE doorfiets.{table} SET {TAMPERED[table]} WHERE {key}".encode()).rowcount  # noqa: S608 - names of ours
    asked = rebuild(mill.conninfo, date(2026, 5, 12), date(2026, 5, 12))
    await mill.tally()
    assert asked is not None
    assert mill.contents() == contents
    assert progress(mill.conninfo, asked).changed == tampered > 0
    after = mill.tallies()
    assert {one: rows for one, rows in after.items() if one != table} == {
        one: rows for one, rows in before.items() if one != table
    }
    assert sum(new != old for new, old in zip(after[table], before[table], strict=True)) == tampered
    assert mill.row(f"SELECT sum(revision - 1) FROM doorfiets.{table}") == (tampered,)  # noqa: S608 - likewise


@pytest.mark.parametrize("table", TAMPERED)
async def test_what_is_missing_is_put_back_and_what_is_left_stays(mill: Mill, table: str) -> None:
    """One table alone may still stand: nothing conflicts, and nothing that was right is revised."""
    await mill.keep(*_city(2))
    await mill.tally()
    before = mill.tallies()
    others = ", ".join(f"doorfiets.{one}" for one in TAMPERED if one != table)
    mill.database.execute(f"TRUNCATE {others}".encode())
    rebuild(mill.conninfo)
    await mill.tally()
    after = mill.tallies()
    assert after[table] == before[table]
    assert {one: len(rows) for one, rows in after.items()} == {one: len(rows) for one, rows in before.items()}


async def test_only_the_days_of_the_range_are_computed(mill: Mill) -> None:
    """What is wrong on the day before stays wrong."""
    await mill.keep(*_city(2))
    await mill.tally()
    mill.database.execute("UPDATE doorfiets.site_day SET total = -1")
    rebuild(mill.conninfo, date(2026, 5, 13), date(2026, 5, 13))
    await mill.tally()
    assert mill.rows("SELECT DISTINCT day FROM doorfiets.site_day WHERE total = -1") == [(date(2026, 5, 12),)]


async def test_an_hour_without_observations_is_emptied(mill: Mill) -> None:
    """What nobody observed any more is not counted any more."""
    await mill.keep(seen(5), seen(6, at=NOON + DAY))
    await mill.tally()
    mill.database.execute("DELETE FROM doorfiets.observation WHERE value = 5")
    rebuild(mill.conninfo)
    await mill.tally()
    assert mill.row("SELECT rows, total FROM doorfiets.tally_hour WHERE hour = %s", NOON) == (0, None)


async def test_of_nothing_there_is_nothing_to_rebuild(mill: Mill) -> None:
    """An empty database, or days before everything."""
    assert rebuild(mill.conninfo) is None
    await mill.keep(seen(5))
    assert rebuild(mill.conninfo, date(2020, 1, 1), date(2020, 12, 31)) is None


async def test_two_sessions_rebuild_a_long_range(mill: Mill) -> None:
    """Each its own half, and the same tallies."""
    await mill.keep(*_city(20, sparse=True))
    await mill.tally()
    expected = mill.contents()
    mill.database.execute("TRUNCATE " + ", ".join(f"doorfiets.{one}" for one in expected))
    rebuild(mill.conninfo)
    assert await mill.ledger.alone()
    assert await mill.ledger.pieces(3, wide=True) == 6
    while await mill.ledger.pieces(3, wide=True):
        pass
    assert mill.contents() == expected
    assert mill.row("SELECT count(*), count(done_at) FROM doorfiets.rebuild") == (2, 2)


async def test_nobody_begins_while_a_second_session_still_works(mill: Mill) -> None:
    """A crashed tally may leave a piece behind that is still being computed: it must end first."""
    with mill.database.transaction():
        mill.database.execute("SELECT pg_advisory_xact_lock(7364203)")
        assert not await mill.ledger.alone()
    assert await mill.ledger.alone()
    other = Ledger(mill.conninfo)
    assert not await other.alone()
    await other.drop()


async def test_what_keep_stores_meanwhile_is_not_lost(mill: Mill) -> None:
    """A piece does not see what is not committed, and takes no mark away."""
    await mill.keep(seen(5))
    await mill.tally()
    rebuild(mill.conninfo)
    assert await mill.ledger.alone()
    storing = asyncio.create_task(mill.keep(seen(7, at=NOON + HOUR)))
    assert await mill.ledger.pieces(1) == 1
    await storing
    await mill.tally()
    assert mill.row("SELECT sum(total) FROM doorfiets.tally_hour") == (12,)


async def test_live_figures_do_not_wait_for_a_rebuild(mill: Mill) -> None:
    """Between two pieces, what is dirty comes first."""
    await mill.keep(*_city(20, sparse=True))
    await mill.tally()
    asked = rebuild(mill.conninfo)
    assert asked is not None
    assert await mill.ledger.alone()
    tallier = Tallier(mill.ledger, made=lambda: None, done=lambda: None)
    await tallier._step()
    await mill.keep(seen(77, sensor="b-1", at=MIDNIGHT + 5 * DAY, heard=10**7))
    await tallier._step()
    assert mill.row("SELECT maximum FROM doorfiets.tally_hour WHERE maximum = 77") == (77,)
    assert progress(mill.conninfo, asked).left > 0


async def test_an_hour_that_cannot_be_computed_is_set_aside(mill: Mill, caplog: pytest.LogCaptureFixture) -> None:
    """Loudly, with the reason; everything else is computed, and it is tried again after a start."""
    await mill.keep(*quarters(range(16), sensor="b-1", at=NOON - 2 * HOUR))
    stream = mill.row("SELECT datastream FROM doorfiets.datastream WHERE sensor = 'b-1'")[0]
    mill.database.execute(_REFUSE_AN_HOUR.format(stream).encode())
    try:
        await _work_until(mill, "SELECT count(*) = 0 FROM doorfiets.dirty")
    finally:
        mill.database.execute("DROP FUNCTION doorfiets.refuse_an_hour CASCADE")
    problem = "this hour cannot be computed"
    assert (
        problem in mill.row("SELECT problem FROM doorfiets.stuck WHERE datastream = %s AND hour = %s", stream, NOON)[0]
    )
    assert any(problem in line.message and line.levelname == "ERROR" for line in caplog.records)
    assert mill.row("SELECT count(*), sum(rows) FROM doorfiets.tally_hour") == (3, 12)
    await mill.ledger.drop()
    restarted = Ledger(mill.conninfo)
    assert await restarted.alone()
    assert await restarted.round(500) == 1
    assert mill.row("SELECT count(*), sum(rows) FROM doorfiets.tally_hour") == (4, 16)
    assert mill.row("SELECT count(*) FROM doorfiets.stuck") == (0,)
    await restarted.drop()


async def test_a_day_that_cannot_be_rebuilt_is_taken_apart(mill: Mill) -> None:
    """Hour by hour, so that all but one are right again, and the days before too."""
    await mill.keep(*_city(2))
    await mill.tally()
    expected = mill.contents()["site_hour"]
    mill.database.execute("UPDATE doorfiets.site_hour SET total = 1")
    mill.database.execute("UPDATE doorfiets.tally_hour SET rows = 0")
    stream = mill.row("SELECT datastream FROM doorfiets.datastream WHERE sensor = 'b-1'")[0]
    mill.database.execute(_REFUSE_AN_HOUR.format(stream).encode())
    asked = rebuild(mill.conninfo)
    assert asked is not None
    try:
        await _work_until(mill, "SELECT count(*) = 0 FROM doorfiets.rebuild WHERE next_day > first_day")
        await _work_until(mill, "SELECT count(*) = 0 FROM doorfiets.dirty")
    finally:
        mill.database.execute("DROP FUNCTION doorfiets.refuse_an_hour CASCADE")
    assert mill.row("SELECT datastream, hour FROM doorfiets.stuck") == (stream, NOON)
    assert sum(one != other for one, other in zip(mill.contents()["site_hour"], expected, strict=True)) == 1


async def _work_until(mill: Mill, query: str) -> None:
    """Let a tallier work until a question is answered with yes."""
    tallier = Tallier(mill.ledger, made=lambda: None, done=lambda: None)
    working = asyncio.create_task(tallier.run())
    try:
        for _ in range(400):
            await asyncio.sleep(0.1)
            if not tallier.behind() and mill.row(query)[0]:
                break
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await mill.ledger.drop()


def _city(days: int, start: datetime = MIDNIGHT, *, sparse: bool = False) -> list[Observation]:
    """Make days of whole numbers, fractions and gaps at all sites; sparse ones of three hours each."""
    numbers = Random(4)  # noqa: S311 - a game, no secret
    return [
        seen(numbers.choice([None, 0, 3, 7, 12, 0.1, 1.5]), sensor=sensor, source=source, at=start + number * HOUR / 4)
        for sensor, source in SOURCES
        for number in range(days * 96)
        if not sparse or number % 96 < 12
    ]
