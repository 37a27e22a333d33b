"""What an operator is told: of feeds, of what was refused, and of what is still on its way."""

import asyncio
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from typer.testing import CliRunner

from deploy.cli import assembled, exit_code
from deploy.local.stack import Stack
from deploy.settings import write
from operations import lag
from operations.failures import failures
from operations.feeds import feeds, no_feeds
from operations.rejections import on_their_way, refused, rejections
from schemas.frames import pack
from schemas.rejection import Rejection
from schemas.topics import REJECTIONS
from schemas.watermark import Watermark
from streams.epoch import epoch_of
from streams.sinks.observation_store import TopicEpoch
from streams.writers import RejectionWriter
from tests.contracts.processing import NOON, StoreAndAggregate

pytestmark = pytest.mark.contracts


def _refused(sensor: str | None, reason: str = "unit", payload: bytes = b"{}", seconds: int = 0) -> Rejection:
    return Rejection(NOON + timedelta(seconds=seconds), f"sensors/{sensor}/data", "ours", reason, "so", payload, sensor)


async def _store(processing: StoreAndAggregate, *rejections: Rejection) -> None:
    log = TopicEpoch("rejections", "cluster/topic")
    await processing.observation_store.fences(log, {0: 0})
    await RejectionWriter(processing.observation_store, log).write([processing.record(*rejections)])


def test_without_feeds_it_is_said_why(processing: StoreAndAggregate) -> None:
    """A registry whose feeds have all ended is no empty registry."""
    processing.database.execute("UPDATE doorfiets.datastream SET valid_until = %s", [NOON])
    assert feeds(processing.conninfo) == []
    assert no_feeds(processing.conninfo).startswith("All 8 registered feeds have ended, the last on 2026-05-12 10:00")
    assert len(feeds(processing.conninfo, closed=True)) == 8
    processing.database.execute("DELETE FROM doorfiets.datastream")
    assert no_feeds(processing.conninfo).startswith("No feed is registered")


def test_a_credential_of_nobody_is_warned_of(processing: StoreAndAggregate, stack: Stack, tmp_path: Path) -> None:
    """It is given all the same: the device may be registered after it."""
    environment = write(stack.settings()) | {
        "DOORFIETS_POSTGRES": processing.conninfo,
        "DOORFIETS_INTAKE_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    for sensor, warned in (("a-1", False), ("nobody-7", True)):
        said = CliRunner().invoke(assembled(), ["intake", "add-credential", sensor], env=environment)
        assert said.exit_code == 0
        assert ("warning: no device is called nobody-7" in said.stderr) is warned


def test_refusals_of_one_sensor_are_listed(processing: StoreAndAggregate, stack: Stack) -> None:
    """And how to see them whole is said beside them."""
    for sensor in ("a-1", "b-1"):
        processing.database.execute(
            "INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, sensor, first_received_at,"
            " last_received_at) VALUES (sha256(%s), 'unit', 'so', 't', 'ours', %s, %s, %s)",
            [sensor.encode(), sensor, NOON, NOON],
        )
    environment = write(stack.settings()) | {"DOORFIETS_POSTGRES": processing.conninfo}
    one, nobody = (
        CliRunner().invoke(assembled(), ["rejections", "--sensor", sensor], env=environment)
        for sensor in ("b-1", "c-1")
    )
    assert ("b-1" in one.stdout, "a-1" in one.stdout) == (True, False)
    assert "`doorfiets rejections show --sensor b-1`" in one.stderr
    assert (nobody.stdout, "Nothing of c-1 was refused" in nobody.stderr) == ("", True)


@pytest.mark.parametrize("ask", [feeds, rejections, failures, lag.ask])
def test_a_database_that_does_not_answer_is_said_in_one_sentence(ask: Callable[[str], object]) -> None:
    """With its address and what starts it; a program still learns that a service is missing."""
    with pytest.raises(psycopg.OperationalError) as raised:
        ask("host=127.0.0.1 port=1 dbname=x")
    reported = str(raised.value)
    assert reported == (
        "the database does not answer at 127.0.0.1:1 (Connection refused);"
        " start it, with `doorfiets up` where it is the local one"
    )
    assert exit_code(raised.value) == 3


async def test_refusals_are_told_by_reason_and_sensor(processing: StoreAndAggregate) -> None:
    """Each with its newest message."""
    await _store(
        processing,
        _refused("a-1"),
        _refused("a-1", payload="[ö]".encode(), seconds=9),
        _refused("b-1", seconds=5),
        _refused("b-1", "range"),
        _refused(None, "unknown_dialect", seconds=20),
    )
    reported = rejections(processing.conninfo)
    assert [(row["reason"], row["sensor"], row["messages"], row["payload"]) for row in reported] == [
        ("unknown_dialect", "", 1, "{}"),
        ("unit", "a-1", 2, "[ö]"),
        ("unit", "b-1", 1, "{}"),
        ("range", "b-1", 1, "{}"),
    ]


async def test_of_what_is_sealed_the_list_has_the_day(processing: StoreAndAggregate) -> None:
    """Nobody reads the bytes behind it; another payload is shown from its beginning."""
    await _store(processing, _refused("a-1", "malformed", b"sealed 2026-11-29 \x00\xff\x01"), _refused("b-1", "range"))
    assert {row["payload"] for row in rejections(processing.conninfo)} == {"sealed 2026-11-29", "{}"}


async def test_a_refused_message_is_shown_whole(processing: StoreAndAggregate) -> None:
    """By its id in the list, by reason, by sensor."""
    long = b"\x00\xff" * 5000
    await _store(processing, _refused("a-1", payload=long), _refused("a-1", "range"), _refused("b-1"))
    (of_long,) = (row["id"] for row in rejections(processing.conninfo) if row["payload"] != "{}")
    assert [bytes(one["payload"]) for one in refused(processing.conninfo, id_=of_long)] == [long]
    assert len(refused(processing.conninfo, reason="unit")) == 2
    assert [one["reason"] for one in refused(processing.conninfo, reason="range", sensor="a-1")] == ["range"]


async def test_nothing_was_refused_only_when_nothing_is_on_its_way(processing: StoreAndAggregate, stack: Stack) -> None:
    """The log of the running stack is read by its own `store`, and by nobody for this database."""
    settings = stack.settings()
    await _send(str(settings.kafka), _refused("x-9"))
    coming = await asyncio.to_thread(on_their_way, processing.conninfo, str(settings.kafka), epoch_of)
    assert coming is not None
    assert "not yet stored" in coming
    requested = (str(settings.postgres), str(settings.kafka), epoch_of)
    while await asyncio.to_thread(on_their_way, *requested):  # noqa: ASYNC110 - the database cannot call us
        await asyncio.sleep(0.2)
    assert refused(str(settings.postgres), sensor="x-9")
    lost = await asyncio.to_thread(on_their_way, processing.conninfo, "127.0.0.1:1", epoch_of)
    assert lost is not None
    assert "not known" in lost


async def test_a_platform_that_lags_says_so(processing: StoreAndAggregate) -> None:
    """And nothing where nothing was ever marked, or all is fresh."""
    assert lag.storing_lags(lag.ask(processing.conninfo)) is None
    await processing.store_records([processing.record(Watermark("one", NOON))])
    said = lag.storing_lags(lag.ask(processing.conninfo))
    assert said is not None
    assert said.startswith("The platform lags: what was published until 2026-05-12 10:00:00Z is stored, ")
    (now,) = processing.row("SELECT now()")
    await processing.store_records([processing.record(Watermark("one", now.astimezone(UTC)))])
    assert lag.storing_lags(lag.ask(processing.conninfo)) is None


async def _send(kafka: str, rejection: Rejection) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    frame = pack([rejection], frame_id="operations", writer="test")
    await producer.send_and_wait(REJECTIONS.name, frame.value, partition=3, headers=frame.headers)
    await producer.stop()
