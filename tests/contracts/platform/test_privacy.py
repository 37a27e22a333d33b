"""Forty identifiers go through the whole platform: nothing of them is on its disk, and no count is lost."""

import asyncio
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, Final

import httpx
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from deploy.run import PROCESSES, metrics_address
from operations.rejections import on_their_way
from schemas.topics import PARTITIONS, TOPICS
from streams.epoch import epoch_of
from tests.ingest.planted import SENSOR, Search, identifiers, planted
from tests.journeys.sent_messages import Message, SentMessages, recent
from tests.journeys.simulator import SimulatorClient, doorfiets, settle
from tests.services import wait_until

pytestmark = pytest.mark.contracts

PAGES: Final = (
    "/nl/telpunten/x-private",
    "/nl/gegevens",
    "/nl/over",
    "/nl/lucht",
    "/nl/storingen",
    "/nl/status",
    "/nl/api",
    "/scherm/x-private",
    "/kaartje/x-private",
    "/v1/telpunten",
    "/v1/openapi.json",
)
_STORED: Final = """
SELECT sensor, source, started_at, value FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream)
WHERE sensor = %s
"""
_COLUMNS: Final = """
SELECT table_name, string_agg(quote_ident(column_name), ', ')
FROM information_schema.columns
WHERE table_schema = 'doorfiets' AND (data_type IN ('text', 'bytea', 'json', 'jsonb', 'ARRAY', 'character varying'))
GROUP BY table_name
"""


def test_no_identifier_is_on_disk_in_a_table_a_log_or_a_page(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """In Kafka's segments and records, in every text and every bytea of the database, in logs, metrics and pages."""
    seed, began = SystemRandom().randrange(2**32), datetime.now(UTC)  # noqa: TID251 - the journey happens now
    print("seed", seed)
    draw = Random(seed)  # noqa: S311 - no secret: what is drawn has to be drawn again
    people, sent_messages = identifiers(draw), SentMessages()
    simulator = SimulatorClient(stack, "private")
    messages = (Message(*one) for one in planted(draw, people, recent(27)))  # type: ignore[arg-type]
    simulator.publish(messages, sent_messages)
    simulator.leave()
    settle(database, sent_messages)
    addresses = str(stack.settings().postgres), str(stack.settings().kafka), epoch_of
    wait_until(lambda: on_their_way(*addresses) is None, "every refusal is stored")
    search = Search(people)
    written = [*_files(stack), *asyncio.run(_records(stack, began)), *_tables(database), *_answers(stack)]
    assert [hit for place, content in written for hit in search.hits(place, content)] == []
    assert sent_messages.values.items() - _stored(database).items() == set()
    places = {place.split(" ")[0] for place, _ in written}
    assert places == {"file", "record", "table", "metrics", "page"}
    _sealed_is_shown_to_who_has_the_key(stack, search)


def _sealed_is_shown_to_who_has_the_key(stack: Stack, search: Search) -> None:
    """What cannot be parsed was not thrown away: operators see it, and without the keys nobody does."""
    shown = [_shown(stack), _shown(stack, DOORFIETS_SEAL_KEYS=str(stack.layout.home / "no-keys"))]
    assert search.hits("the command line", shown[0]) != []
    assert search.hits("the command line", shown[1]) == []
    assert b"its key is not here or is gone" in shown[1]


def _shown(stack: Stack, **environment: str) -> bytes:
    process = doorfiets(stack, "rejections", "show", "--reason", "malformed", "--sensor", "noord-1", **environment)
    said, _ = process.communicate(timeout=60)
    return said.encode()


def _stored(database: psycopg.Connection[Any]) -> dict[tuple[str, str, datetime], float]:
    rows = database.execute(_STORED.encode(), [SENSOR]).fetchall()
    return {(sensor, source, started_at): value for sensor, source, started_at, value in rows}


def _files(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Read Kafka's segments and all logs."""
    for file in [*(stack.layout.data / "kafka").rglob("*.log"), *stack.layout.logs.iterdir()]:
        yield f"file {file}", file.read_bytes()


async def _records(stack: Stack, since: datetime) -> list[tuple[str, bytes]]:
    """Read the records of all topics since then: in the segments they are compressed."""
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.settings().kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic.name, number) for topic in TOPICS for number in range(PARTITIONS)]
        consumer.assign(parts)
        starts = await consumer.offsets_for_times(dict.fromkeys(parts, int(since.timestamp() * 1000)))
        ends = await consumer.end_offsets(parts)
        for part in parts:
            consumer.seek(part, starts[part].offset if starts[part] else ends[part])
        found: list[tuple[str, bytes]] = []
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for part, records in (await consumer.getmany(*parts, timeout_ms=500)).items():
                found += [(f"record of {part.topic}", b"%s %s" % (one.key or b"", one.value or b"")) for one in records]
        return found
    finally:
        await consumer.stop()


def _tables(database: psycopg.Connection[Any]) -> Iterator[tuple[str, bytes]]:
    """Copy every column that can hold a text, as its bytes are."""
    for table, columns in database.execute(_COLUMNS.encode()).fetchall():
        copied = f"COPY (SELECT {columns} FROM doorfiets.{table}) TO STDOUT (FORMAT binary)"  # noqa: S608 - our own names
        with (
            database.cursor() as cursor,
            cursor.copy(copied.encode()) as copy,
        ):
            yield f"table {table}", b"".join(bytes(part) for part in copy)


def _answers(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Ask for the metrics of every process, and for pages."""
    running = [name for name in PROCESSES if name != "poll"]  # it runs where something is named to be fetched
    addresses = {
        f"metrics {name}": "http://{}:{}/metrics".format(*metrics_address(stack.settings(), name)) for name in running
    }
    pages = {f"page {page}": f"{stack.settings().public_url}{page}" for page in PAGES}
    for name, address in (addresses | pages).items():
        answer = httpx.get(address, timeout=30)
        yield f"{name} ({answer.status_code})", answer.content


def test_only_its_own_user_reads_what_a_service_has_on_disk(stack: Stack) -> None:
    """Kafka's segments, what the broker holds for a bridge that is away, the database, and the keys."""
    data = stack.layout.data
    folders = [data / "kafka", data / "mosquitto", data / "postgres", stack.layout.secrets]
    assert [folder for folder in folders if _is_open(folder)] == []
    files = [file for folder in folders if folder.name != "postgres" for file in folder.rglob("*")]
    assert any(file.suffix == ".log" for file in files)
    assert [file for file in files if _is_open(file)] == []


def test_a_bridge_that_starts_deletes_keys_that_are_too_old(stack: Stack) -> None:
    """However long it was away."""
    old = stack.layout.seal_keys / "2020-01-01.key"
    old.parent.mkdir(mode=0o700, exist_ok=True)
    old.write_bytes(b"k" * 32)
    stack.restart("bridge")
    wait_until(lambda: not old.exists(), "the key of 2020 is deleted", patience=30)


def _is_open(path: Path) -> bool:
    """Tell whether somebody else may read it; what was deleted meanwhile is read by nobody."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except FileNotFoundError:
        return False
