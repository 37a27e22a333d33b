"""What can never be stored is set aside whole, and everything else of its batch is stored once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from zlib import crc32

import msgspec
import psycopg
import pytest

from schemas.frames import pack, unpack_observations
from schemas.observation import Observation
from schemas.rejection import Rejection
from streams.domain.fence import Record
from streams.sinks.observation_store import Outcome, TopicEpoch
from streams.writers import RejectionWriter
from tests.contracts.processing import HOUR, LOG, NOON, QUARTER, StoreAndAggregate, seen

pytestmark = pytest.mark.contracts

POISON = 666
FAILED = "SELECT log_offset, item, reason, sensor FROM doorfiets.failed_record ORDER BY log_offset, item"
WHOLE = "SELECT topic, epoch, partition, payload, header_names, header_values FROM doorfiets.failed_record"
FENCE = "SELECT next_offset, frame FROM doorfiets.fence"
VALUES = "SELECT value FROM doorfiets.observation ORDER BY datastream, started_at"
LONG = 60.0  # seconds; it takes two on an idle machine, and took for ever

_REFUSE = """
CREATE TABLE doorfiets.refused (code text);
CREATE FUNCTION doorfiets.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    wanted text := (SELECT code FROM doorfiets.refused);
BEGIN
    IF NEW.value = 666 AND wanted IS NOT NULL THEN RAISE EXCEPTION 'no such number' USING ERRCODE = wanted; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON doorfiets.observation FOR EACH ROW EXECUTE FUNCTION doorfiets.refuse();
"""
_TAKE = "DROP FUNCTION doorfiets.refuse CASCADE; DROP TABLE doorfiets.refused"
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'store' AND datname = current_database()"

Damage = Callable[[Record], Record]


@pytest.fixture(scope="module", autouse=True)
def _poison(own_database: tuple[str, str]) -> Iterator[None]:
    """Make a database that can be told to refuse one value."""
    with psycopg.connect(own_database[1], autocommit=True) as connection:
        connection.execute(_REFUSE.encode())
        yield
        connection.execute(_TAKE.encode())


def header(name: str, value: bytes | None) -> Damage:
    """Give a frame another header; None takes it away."""

    def damage(record: Record) -> Record:
        others = [(key, old) for key, old in record.headers if key != name]
        return record._replace(headers=others if value is None else [*others, (name, value)])

    return damage


def content(value: bytes) -> Damage:
    """Give a frame another content, of which its checksum is right."""
    return lambda record: header("crc", b"%08x" % crc32(value))(record)._replace(value=value)


DAMAGES: dict[str, Damage] = {
    "other bytes": lambda record: record._replace(value=(record.value or b"")[:-1] + b"\xff"),
    "no value": lambda record: record._replace(value=None),
    "no headers": lambda record: record._replace(headers=[]),
    "another schema": header("schema", b"observation/2"),
    "another count": header("n", b"2"),
    "no checksum": header("crc", None),
    "a name that no table holds": lambda record: header("frame", b"\xff\0")(header("crc", b"")(record)),
    "no msgpack": content(b"\xc1"),
    "other items": content(msgspec.msgpack.encode([["a-1", 5]])),
    "too deep": content(b"\x91" * 100_000),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
async def test_a_damaged_frame_is_set_aside_and_its_neighbours_are_stored(
    processing: StoreAndAggregate, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    """It keeps its place in the log, its headers and its bytes; the fence moves past it."""
    good, bad, after = (processing.record(seen(number, at=NOON + number * QUARTER)) for number in range(3))
    bad = damage(bad)
    async with asyncio.timeout(LONG):
        assert await processing.store_records([good, bad, after]) == Outcome(stored=2, failed=1)
    assert processing.rows(VALUES) == [(0,), (2,)]
    assert processing.rows(FAILED) == [(1, 0, "damaged", None)]
    names, values = [name for name, _ in bad.headers], [value for _, value in bad.headers]
    assert processing.row(WHOLE) == (*LOG, 0, bad.value, names, values)
    assert processing.row(FENCE) == (3, "f2")
    assert [one.levelname for one in caplog.records if "observations/0 offset 1 " in one.getMessage()] == ["ERROR"]
    assert await processing.store_records([good, bad, after]) == Outcome()


async def test_a_damaged_frame_that_is_the_last_leaves_its_name_at_the_fence(processing: StoreAndAggregate) -> None:
    """Whatever its bytes are: the next assignment compares it."""
    bad = header("frame", b"\xff\0")(header("crc", b"")(processing.record(seen())))
    assert await processing.store_records([bad]) == Outcome(failed=1)
    assert processing.row(FENCE) == (1, "\ufffd\ufffd")


async def test_one_reading_of_ten_thousand_is_set_aside_and_all_others_are_stored(
    processing: StoreAndAggregate,
) -> None:
    """Twenty frames, as many as a batch holds; the bytes that are kept are a frame's."""
    records, good = _ten_thousand(processing, poison=(7, 123))
    with _refusing(processing):
        async with asyncio.timeout(LONG):
            assert await processing.store_records(records) == Outcome(stored=good, failed=1)
    _stored_once(processing, good)
    assert processing.rows(FAILED) == [(7, 124, "refused", "a-1")]
    (payload,) = processing.row("SELECT payload FROM doorfiets.failed_record")
    frame = pack(msgspec.msgpack.decode(payload, type=list[Observation]), frame_id="again", writer="test")
    assert [one.value for one in unpack_observations(payload, frame.headers)] == [POISON]


async def test_every_culprit_of_a_batch_is_found(processing: StoreAndAggregate) -> None:
    """Two in one frame, one in another, and a damaged frame between them."""
    records, _ = _ten_thousand(processing, poison=(3, 0), frames=6)
    records[2] = _poisoned(records[2], 5, 499)
    records[4] = records[4]._replace(value=b"")
    with _refusing(processing):
        async with asyncio.timeout(LONG):
            assert await processing.store_records(records) == Outcome(stored=4 * 500 + 497, failed=4)
    _stored_once(processing, 4 * 500 + 497)
    assert [row[:3] for row in processing.rows(FAILED)] == [
        (2, 6, "refused"), (2, 500, "refused"), (3, 1, "refused"), (4, 0, "damaged"),
    ]  # fmt: skip


async def test_poison_before_a_stranger_is_found_however_slow_the_machine(
    processing: StoreAndAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who speaks in the second part is asked of a transaction that the first part has broken: that is not the fault."""
    monkeypatch.setattr("streams.writers._UNKNOWN", -1.0)
    records, good = _ten_thousand(processing, poison=(0, 0), frames=6)
    records.append(processing.record(seen(sensor="nieuw-1")))
    with _refusing(processing):
        async with asyncio.timeout(LONG):
            assert await processing.store_records(records) == Outcome(stored=good, rejections=1, failed=1)
    _stored_once(processing, good)


async def test_a_frame_of_nothing_but_poison_does_not_take_for_ever(processing: StoreAndAggregate) -> None:
    """Some of five hundred are alone once, the rest goes with its part: all are kept."""
    record = _poisoned(_ten_thousand(processing, poison=(0, 0), frames=1)[0][0], *range(500))
    with _refusing(processing):
        async with asyncio.timeout(2 * LONG):
            assert await processing.store_records([record]) == Outcome(failed=500)


@pytest.mark.parametrize(
    "poison",
    [
        seen(5, quality_flags=2**40),
        msgspec.structs.replace(seen(5), received_at=seen(5).received_at.replace(tzinfo=None)),
        seen(5, at=NOON.replace(year=9999, month=12, day=31, hour=23, minute=45), lasts=timedelta(0)),
    ],
    ids=["a number too large", "a time without a zone", "the end of time"],
)
async def test_what_no_code_of_ours_can_handle_is_not_an_end_of_it(
    processing: StoreAndAggregate, poison: Observation
) -> None:
    """It is stored, a rejection or set aside: its neighbours are stored."""
    outcome = await processing.store(seen(1, at=NOON - HOUR), poison, seen(2, at=NOON + HOUR))
    assert outcome.stored == 2
    assert outcome.rejections + outcome.failed == 1
    assert processing.rows(VALUES) == [(1,), (2,)]


@pytest.mark.parametrize("code", ["53100", "53200", "40001", "55P03", "57014", "XX001", "42501"])
async def test_what_fails_with_the_server_is_never_set_aside(processing: StoreAndAggregate, code: str) -> None:
    """Disk, memory, order, locks, time, damage and rights say nothing about a reading: it is stored afterwards."""
    with _refusing(processing, code):
        storing = asyncio.create_task(
            processing.store_records([processing.record(seen(1, at=NOON - HOUR), seen(POISON))])
        )
        await asyncio.sleep(2)
        assert not storing.done()
    assert await storing == Outcome(stored=2)
    assert processing.rows(FAILED) == []


async def test_poison_while_the_database_goes_away(processing: StoreAndAggregate) -> None:
    """The halving goes on where it was: what was stored stays stored, the culprit is found all the same."""
    records, good = _ten_thousand(processing, poison=(7, 123))
    with _refusing(processing):
        await processing.observation_store.fences(LOG, {0: 0})
        async with _cutting(processing):
            storing = asyncio.create_task(processing.writer.write(records))
            await asyncio.sleep(3)
        assert (await storing).failed == 1
    _stored_once(processing, good)
    assert processing.rows(FAILED) == [(7, 124, "refused", "a-1")]
    assert processing.row(FENCE)[0] == 20


async def test_what_the_bridge_refused_is_set_aside_like_what_it_received(processing: StoreAndAggregate) -> None:
    """A rejection that no table takes, and a damaged frame of rejections."""
    log = TopicEpoch("rejections", "cluster/topic")
    writer = RejectionWriter(processing.observation_store, log)
    await processing.observation_store.fences(log, {0: 0})
    late = msgspec.structs.replace(_rejection("late"), reason="too_late")
    records = [processing.record(_rejection("a"), late, _rejection("b")), processing.record(_rejection("c"))]
    records.append(processing.record(_rejection("d"))._replace(value=b"?"))
    processing.database.execute("ALTER TABLE doorfiets.rejection ADD CONSTRAINT poison CHECK (reason <> 'too_late')")
    try:
        assert await writer.write(records) == Outcome(rejections=3, failed=2)
    finally:
        processing.database.execute("ALTER TABLE doorfiets.rejection DROP CONSTRAINT poison")
    assert processing.rows("SELECT sensor FROM doorfiets.rejection ORDER BY 1") == [("a",), ("b",), ("c",)]
    assert processing.rows(FAILED) == [(0, 2, "refused", "late"), (2, 0, "damaged", None)]


async def test_what_is_set_aside_is_told_with_its_place(
    processing: StoreAndAggregate, caplog: pytest.LogCaptureFixture
) -> None:
    """Where it lies, why, and where to look."""
    caplog.set_level(logging.ERROR)
    with _refusing(processing):
        await processing.store(seen(POISON))
    (said,) = [one.getMessage() for one in caplog.records]
    for part in ("observations/0 offset 0", "no such number", "failed_record", "doorfiets failures"):
        assert part in said


def _ten_thousand(
    processing: StoreAndAggregate, *, poison: tuple[int, int], frames: int = 20
) -> tuple[list[Record], int]:
    """Write frames of five hundred readings each, one of them poisonous; say how many are good."""
    records = [
        processing.record(*(seen(place % 50, at=NOON - (frame * 500 + place) * QUARTER) for place in range(500)))
        for frame in range(frames)
    ]
    records[poison[0]] = _poisoned(records[poison[0]], poison[1])
    return records, frames * 500 - 1


def _poisoned(record: Record, *places: int) -> Record:
    items = unpack_observations(record.value, record.headers)
    for place in places:
        items[place] = msgspec.structs.replace(items[place], value=POISON)
    frame = pack(items, frame_id=f"f{record.offset}", writer="test")
    return record._replace(value=frame.value, headers=frame.headers)


def _stored_once(processing: StoreAndAggregate, good: int) -> None:
    assert processing.row("SELECT count(*), count(DISTINCT started_at), max(revision) FROM doorfiets.observation") == (
        good, good, 1,
    )  # fmt: skip
    assert processing.row("SELECT stored, duplicates, corrections FROM doorfiets.feed") == (good, 0, 0)


def _rejection(sensor: str) -> Rejection:
    return Rejection(NOON, f"sensors/{sensor}/data", "json", "malformed", "not JSON", sensor.encode(), sensor)


@contextmanager
def _refusing(processing: StoreAndAggregate, code: str = "23514") -> Iterator[None]:
    """Let the database refuse one value, with this SQLSTATE."""
    processing.database.execute("INSERT INTO doorfiets.refused VALUES (%s)", [code])
    yield
    processing.database.execute("DELETE FROM doorfiets.refused")


@asynccontextmanager
async def _cutting(processing: StoreAndAggregate) -> AsyncIterator[None]:
    """Cut the connections of `store` again and again."""

    async def cut() -> None:
        async with await psycopg.AsyncConnection.connect(
            processing.database.info.dsn, autocommit=True, password=processing.database.info.password
        ) as connection:
            while True:
                await connection.execute(_CUT.encode())
                await asyncio.sleep(0.25)

    cutting = asyncio.create_task(cut())
    try:
        yield
    finally:
        cutting.cancel()
