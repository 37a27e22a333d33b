"""Owners beside each other: each has its own days and sums, and goes on while another's registry changes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
import psycopg
import pytest

from schemas.registry import Screenline
from schemas.watermark import Watermark
from streams.domain.turns import turns
from streams.indicators.inputs import DuePlace
from streams.rebuild import OwnerUnknownError, progress, rebuild
from streams.sinks import lock_waits
from streams.sinks.aggregation.aggregate_store import _owners
from streams.sinks.aggregation.recomputation import SQL
from streams.sinks.indicator_inputs import StoredInputs
from streams.sinks.observation_store import ObservationStore, Outcome, TopicEpoch
from streams.writers import ObservationWriter
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, load, other, quarters, seen, small

pytestmark = pytest.mark.contracts

AMSTERDAM: Final = "Europe/Amsterdam"
AZORES: Final = "Atlantic/Azores"
DAY: Final = timedelta(days=1)
COUNTED = (
    "SELECT count(*) FROM doorfiets.datastream_hour JOIN doorfiets.datastream USING (datastream) WHERE sensor = %s"
)
MARKED = """
    SELECT sensor, count(*)::int FROM doorfiets.dirty_hour JOIN doorfiets.datastream USING (datastream)
    GROUP BY sensor ORDER BY sensor
"""
SITE_DAY = """
    SELECT started_at, ended_at, total::int, paired, expected FROM doorfiets.site_day
    WHERE site = %s AND day = %s AND mode = 'bicycles'
"""
BOUNDS = """
    SELECT started_at, ended_at FROM doorfiets.datastream_day JOIN doorfiets.datastream d USING (datastream)
    WHERE d.sensor = %(site)s || '-1' AND source = 'bicycles/in' AND day = %(day)s
    UNION SELECT started_at, ended_at FROM doorfiets.link_day WHERE link = 'link-' || %(site)s AND day = %(day)s
    UNION SELECT started_at, ended_at FROM doorfiets.route_day r JOIN doorfiets.route_link l USING (route)
    WHERE l.link = 'link-' || %(site)s AND day = %(day)s
    UNION SELECT started_at, ended_at FROM api.calendar(%(day)s, %(day)s + 1, %(zone)s)
    UNION SELECT api.midnight(%(day)s, %(zone)s), api.midnight(%(day)s + 1, %(zone)s)
"""
A_MONTH = """
    INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
    SELECT %(site)s, 'bicycles', d::date, d AT TIME ZONE 'UTC', (d + '1 day') AT TIME ZONE 'UTC', 96, 96, 96,
           %(total)s, 9, 'test'
    FROM generate_series(make_date(%(year)s, 5, 1)::timestamp, make_date(%(year)s, 5, 31), '1 day') d
"""
GROWTH = """
    SELECT subject, round(value::numeric, 6)::float8, started_at, ended_at FROM doorfiets.indicator_value
    WHERE kind = 'owner' AND indicator = 'like_for_like' AND period = 'month' AND first_day = '2026-05-01'
    ORDER BY subject
"""
AIR = """
    INSERT INTO doorfiets.air_hour (station, quantity, layer, hour, mean, valid, expected, basis, rule)
    SELECT 'lucht', 'pm25', 'measured', h, 8, 4, 4, '{}', 'test'
    FROM generate_series('2026-05-01 00:00Z'::timestamptz, '2026-06-01 02:00Z', '1 hour') h
"""
MAY = """
    SELECT subject, value, valid, expected, started_at, ended_at FROM doorfiets.indicator_value
    WHERE kind = 'district' AND indicator = 'month_mean' AND first_day = '2026-05-01'
"""
TAMPERED = "SELECT site FROM doorfiets.site_day WHERE total = -1 ORDER BY site"


@pytest.fixture(params=[AMSTERDAM, AZORES])
def two(processing: StoreAndAggregate, request: pytest.FixtureRequest) -> StoreAndAggregate:
    """Two owners, in one time zone and in two."""
    load(processing.conninfo, other(request.param))
    return processing


@pytest.fixture
def far(processing: StoreAndAggregate) -> StoreAndAggregate:
    """Two owners in two time zones."""
    load(processing.conninfo, other(AZORES))
    return processing


@pytest.mark.parametrize(
    ("day", "place", "start", "hours"),
    [
        (date(2026, 3, 29), ("b", AMSTERDAM), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (date(2026, 3, 29), ("z", AZORES), datetime(2026, 3, 29, 1, tzinfo=UTC), 23),
        (date(2026, 5, 12), ("b", AMSTERDAM), datetime(2026, 5, 11, 22, tzinfo=UTC), 24),
        (date(2026, 5, 12), ("z", AZORES), datetime(2026, 5, 12, 0, tzinfo=UTC), 24),
        (date(2026, 10, 25), ("b", AMSTERDAM), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (date(2026, 10, 25), ("z", AZORES), datetime(2026, 10, 25, 0, tzinfo=UTC), 25),
        (date(2026, 11, 3), ("z", AZORES), datetime(2026, 11, 3, 1, tzinfo=UTC), 24),
    ],
)
async def test_a_day_is_that_of_the_owner_s_clock(
    far: StoreAndAggregate, day: date, place: tuple[str, str], start: datetime, hours: int
) -> None:
    """On the Azores clocks change at midnight: a day begins at one in spring, at the first of two in autumn."""
    site, zone = place
    first = datetime.combine(day, datetime.min.time(), UTC) - DAY
    values = [float(number % 7) for number in range(3 * 96)]
    await far.store(*quarters(values, sensor="b-1", at=first), *quarters(values, sensor="z-1", at=first))
    await far.aggregate()
    skipped = (start - first) // QUARTER
    total = sum(values[skipped : skipped + hours * 4])
    assert far.row(SITE_DAY, site, day) == (start, start + hours * HOUR, total, hours * 4, hours * 4)
    bounds = far.database.execute(BOUNDS, {"site": site, "day": day, "zone": zone}).fetchall()
    assert bounds == [(start, start + hours * HOUR)]


async def test_a_rebuild_gives_each_owner_its_own_days_again(far: StoreAndAggregate) -> None:
    """Over both clock changes; each owner has its own parts under one number."""
    for first in (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)):
        for sensor in ("b-1", "z-1"):
            await far.store(*quarters(range(3 * 96), sensor=sensor, at=first))
    await far.aggregate()
    expected = far.contents()
    far.database.execute(f"TRUNCATE {', '.join(f'doorfiets.{one}' for one in expected)}".encode())
    requested = rebuild(far.conninfo)
    assert requested is not None
    assert far.rows("SELECT rebuild, part, owner FROM doorfiets.rebuild ORDER BY part") == [
        (1, 1, "GM0000"), (1, 2, "GM0000"), (1, 3, "PV99"), (1, 4, "PV99"),
    ]  # fmt: skip
    assert progress(far.conninfo, requested).left == requested.days
    await far.aggregate()
    assert far.contents() == expected
    assert progress(far.conninfo, requested).left == 0


async def test_time_zones_take_turns(far: StoreAndAggregate) -> None:
    """Whatever waits of one, a round of the other is next; so with what is late."""
    await far.store(*(seen(1, sensor=f"{site}-1", at=NOON - week * 7 * DAY) for site in "bz" for week in range(9)))
    assert await far.aggregate_store.alone()
    for number in range(1, 3):
        assert [await far.aggregate_store.round(1) for _ in range(2)] == [1, 1]
        assert far.row(COUNTED, "b-1") == far.row(COUNTED, "z-1") == (number,)
    for number in range(3, 5):
        assert [await far.aggregate_store.late_round(1) for _ in range(2)] == [1, 1]
        assert far.row(COUNTED, "b-1") == far.row(COUNTED, "z-1") == (number,)


async def test_an_owner_whose_registry_changes_is_left_alone_and_the_other_goes_on(two: StoreAndAggregate) -> None:
    """In rounds, in late ones, of days too, and in a rebuild; when it is done, nothing is missing."""
    months = [NOON - number * 40 * DAY for number in range(3)]
    days = [NOON - 40 * DAY - number * HOUR for number in range(400)]
    await two.store(*(seen(1, sensor=f"{site}-1", at=at) for site in "bz" for at in {*months, *days}))
    assert rebuild(two.conninfo, date(2026, 5, 12), date(2026, 5, 12)) is not None
    waited = dict(two.rows(MARKED))
    with _held(two, "hold_aggregates", "GM0000"):
        await two.aggregate()
        assert await two.aggregate_store.late_round(500) == 0
        assert await two.aggregate_store.late_days(5) == 0
        assert two.rows(MARKED) == [("b-1", waited["b-1"])]
        assert two.rows("SELECT owner FROM doorfiets.rebuild WHERE done_at IS NULL") == [("GM0000",)]
        assert two.row(COUNTED, "b-1") == (0,)
        assert two.row(COUNTED, "z-1") == (waited["z-1"],)
    assert await two.aggregate_store.late_round(500) == 1
    assert await two.aggregate_store.late_days(5) == 5
    await two.aggregate()
    assert two.rows(MARKED) == []
    assert two.row(COUNTED, "b-1") == (waited["b-1"],)
    assert two.row("SELECT count(*) FROM doorfiets.rebuild WHERE done_at IS NULL") == (0,)


async def test_whoever_changes_a_registry_waits_for_the_round_that_runs_and_comes_before_the_next(
    two: StoreAndAggregate,
) -> None:
    """A round that begins while somebody waits leaves that owner out, so waiting ends."""
    await two.store(seen(1, sensor="b-1"), seen(1, sensor="z-1"))
    assert await two.aggregate_store.alone()
    assert await two.aggregate_store._second.hold()
    async with two.aggregate_store._second.transaction() as running:
        await running.execute("SELECT owner FROM doorfiets.share_aggregates()")
        waiting = asyncio.create_task(asyncio.to_thread(_take, two, "hold_aggregates", "GM0000"))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        assert await two.aggregate_store.round(500) == 1
        assert two.rows(MARKED) == [("b-1", 1)]
    async with asyncio.timeout(30):
        await waiting


async def test_what_waits_of_an_owner_whose_registry_changes_holds_the_watermark(two: StoreAndAggregate) -> None:
    """It says for all how far everything has come."""
    until = NOON + HOUR
    readings = two.record(seen(1, sensor="b-1"), seen(1, sensor="z-1"))
    await two.store_records([readings, two.record(Watermark("one", until))])
    with _held(two, "hold_aggregates", "GM0000"):
        await two.aggregate()
        assert two.aggregate_store.edge.until is None
    await two.aggregate()
    assert two.aggregate_store.edge.until == until


async def test_a_batch_waits_for_marks_of_its_own_owners_only(two: StoreAndAggregate) -> None:
    """`registrar` marks hours of one owner: readings of the other are stored, those of this one when it is done."""
    await two.store(seen(1, sensor="b-1"), seen(1, sensor="z-1"))
    with _held(two, "hold_marks", "GM0000"):
        async with asyncio.timeout(30):
            assert await two.store(seen(2, sensor="z-1", at=NOON + HOUR)) == Outcome(stored=1)
        storing = asyncio.create_task(two.store(seen(2, sensor="z-1", at=NOON + 2 * HOUR), seen(2, at=NOON + HOUR)))
        await asyncio.sleep(0.5)
        assert not storing.done()
    async with asyncio.timeout(30):
        assert await storing == Outcome(stored=2)


async def test_a_rebuild_of_one_owner_leaves_the_other_as_it_is(two: StoreAndAggregate) -> None:
    """Its rows, right or wrong, and its marks."""
    await two.store(*quarters(range(96), sensor="b-1"), *quarters(range(96), sensor="z-1"))
    await two.aggregate()
    two.database.execute(b"UPDATE doorfiets.site_day SET total = -1")
    await two.store(seen(9, sensor="b-1", received=90), seen(9, sensor="z-1", received=90))
    requested = rebuild(two.conninfo, owners=["PV99"])
    assert requested is not None
    assert await two.aggregate_store.alone()
    while await two.aggregate_store.pieces(5):
        pass
    assert {site for (site,) in two.rows(TAMPERED)} == {"b"}
    assert two.rows(MARKED) == [("b-1", 1)]
    assert {row[0] for row in two.rows("SELECT DISTINCT subject FROM doorfiets.indicator_due")} >= {"z"}
    with pytest.raises(OwnerUnknownError, match="no owner 'PV1'; there are: GM0000, PV99"):
        rebuild(two.conninfo, owners=["PV1"])


async def test_a_rebuild_of_one_owner_has_what_it_shares_with_another(processing: StoreAndAggregate) -> None:
    """A screenline over both: what is paired with the other's counters is the same as before."""
    line = Screenline(id="samen", name="Samen", sites=["a", "z"])
    load(processing.conninfo, msgspec.structs.replace(small(), screenlines=[line]), other(AMSTERDAM))
    sources = [
        ("a-1", "bicycles/in"),
        ("a-1", "bicycles/out"),
        ("a-1", "cars"),
        ("z-1", "bicycles/in"),
        ("z-1", "cars"),
    ]
    for number, (sensor, source) in enumerate(sources):
        await processing.store(*quarters(range(number, number + 96), sensor=sensor, source=source))
    await processing.aggregate()
    expected = processing.contents()
    assert processing.row("SELECT count(*) FROM doorfiets.share_hour WHERE screenline = 'samen' AND paired = 4") != (0,)
    processing.database.execute(f"TRUNCATE {', '.join(f'doorfiets.{one}' for one in expected)}".encode())
    rebuild(processing.conninfo, owners=["PV99"])
    await processing.aggregate()
    found = processing.contents()
    assert found["share_hour"] == expected["share_hour"]
    assert found["share_day"] == expected["share_day"]
    assert {row["site"] for (row,) in found["site_hour"]} == {"z"}


async def test_sums_of_all_sites_and_their_bounds_are_an_owner_s_own(far: StoreAndAggregate) -> None:
    """Ten percent more of one, fifty of the other; May is not the same month on the Azores."""
    for site, then, now in (("b", 100, 110), ("z", 100, 150)):
        for year, total in ((2025, then), (2026, now)):
            far.database.execute(A_MONTH, {"site": site, "year": year, "total": total})
    far.database.execute(
        b"INSERT INTO doorfiets.indicator_due"
        b" SELECT 'site', site, 'bicycles', 2026, now() FROM (VALUES ('b'), ('z')) v(site)"
    )
    assert await far.compute() == 2
    may = [(datetime(2026, 4, 30, 22, tzinfo=UTC), datetime(2026, 5, 31, 22, tzinfo=UTC))]
    may.append((datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)))
    assert far.rows(GROWTH) == [("GM0000", 0.1, *may[0]), ("PV99", 0.5, *may[1])]


async def test_air_of_a_district_is_of_its_owner_s_days(far: StoreAndAggregate) -> None:
    """Also where another owner's station stands in it: the hours of May, and where May begins."""
    far.database.execute(b"UPDATE doorfiets.station SET owner = 'GM0000', district = 'ZZ01'")
    far.database.execute(AIR)
    far.database.execute(b"INSERT INTO doorfiets.indicator_due VALUES ('station', 'lucht', 'pm25', 2026, now())")
    assert await far.compute() == 1
    azores = (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    assert far.rows(MAY) == [("ZZ01", 8.0, 31 * 24, 31 * 24, *azores)]
    year = "SELECT started_at FROM doorfiets.indicator_value WHERE kind = 'station' AND indicator = 'year_mean'"
    assert far.row(year) == (datetime(2025, 12, 31, 23, tzinfo=UTC),)


async def test_who_was_applied_since_the_round_began_is_not_claimed(processing: StoreAndAggregate) -> None:
    """A round claims what it holds; the newest and the late marks that it sees are those too."""
    await processing.store(seen(1, sensor="b-1"))
    assert await processing.aggregate_store.alone()
    async with processing.aggregate_store._main.transaction() as connection:
        (turn,) = turns(await _owners(connection))
        load(processing.conninfo, other(AMSTERDAM))
        store = ObservationStore(processing.conninfo)
        newcomer = ObservationWriter(store, TopicEpoch("observations", "another"))
        await store.fences(newcomer._batches.log, {0: processing._next})
        assert await newcomer.write([processing.record(seen(1, sensor="z-1", at=NOON + HOUR))]) == Outcome(stored=1)
        newest = await (await connection.execute(SQL["newest"], {"held": turn.held})).fetchone()
        assert newest is not None
        assert newest[0] == NOON
        where = {"until": NOON + HOUR, "buckets": 9, "from": NOON - DAY, "held": turn.held}
        for claim in ("claim", "claim_marks_of_days"):
            assert (await connection.execute(SQL[claim], where)).rowcount == 1
            assert await (await connection.execute("SELECT DISTINCT hour FROM claimed")).fetchall() == [(NOON,)]
        late = await (await connection.execute(SQL["late"], {"below": NOON + DAY, "held": turn.held})).fetchone()
        assert late is not None
        assert late[0] == NOON
    await store.drop()
    await processing.aggregate()
    assert processing.rows(MARKED) == []


async def test_neighbours_and_holidays_are_an_owner_s_own(two: StoreAndAggregate) -> None:
    """What another owner applies moves no estimate."""
    holiday = (
        "VALUES ('PV99', 'feest', 'public_holiday', 'Feest', '2026-05-25', '2026-05-25', 'annotate', '{}', '{}', '')"
    )
    two.database.execute(f"INSERT INTO doorfiets.calendar_entry {holiday}".encode())
    assert await two.aggregate_store.alone()
    found = {}
    async with two.aggregate_store._main.transaction() as connection:
        for site in "bz":
            inputs = await StoredInputs.of(connection, DuePlace("site", site, "bicycles", [2026]))
            found[site] = (
                {*await inputs.neighbours(site, "bicycles", 9)},
                {*await inputs.neighbour_of(site, "bicycles", 9)},
                await inputs.holidays(date(2026, 1, 1), date(2026, 12, 31)),
            )
    assert found == {"b": ({*"acde"}, {*"acde"}, frozenset()), "z": (set(), set(), {date(2026, 5, 25)})}


async def test_indicators_wait_for_a_rebuild_and_a_registry_of_their_own_owner(two: StoreAndAggregate) -> None:
    """Not for another's."""
    await two.store(seen(1, sensor="b-1"), seen(1, sensor="z-1"))
    await two.aggregate()
    due = "SELECT DISTINCT subject FROM doorfiets.indicator_due WHERE due_at <= now()"
    assert {*two.rows(due)} == {("b",), ("z",)}
    rebuild(two.conninfo, owners=["PV99"])
    with _held(two, "hold_aggregates", "GM0000"):
        assert await two.compute() == 0
    assert await two.compute() == 1
    assert two.rows(due) == [("z",)]


def test_a_session_that_changes_the_registry_ends_when_it_is_left_alone(processing: StoreAndAggregate) -> None:
    """What it holds is free after half a minute, whatever became of its client."""
    with psycopg.connect(lock_waits.limited(f"{processing.conninfo} user=registrar")) as session:
        assert session.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("30s",)


@contextmanager
def _held(processing: StoreAndAggregate, function: str, owner: str) -> Iterator[None]:
    """Be `registrar`, which works on an owner and has taken one of its locks."""
    with psycopg.connect(processing.conninfo, user="registrar") as session:
        session.execute("SET lock_timeout = '30s'")
        _hold(session, function, owner)
        yield
        session.rollback()


def _take(processing: StoreAndAggregate, function: str, owner: str) -> None:
    with _held(processing, function, owner):
        pass


def _hold(session: psycopg.Connection[tuple[object, ...]], function: str, owner: str) -> None:
    numbers = "ARRAY(SELECT number FROM doorfiets.owner WHERE owner = %s)"
    session.execute(f"SELECT doorfiets.{function}({numbers})".encode(), [owner])
