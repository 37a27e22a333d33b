"""The intake over HTTP as a process: what it acknowledges is in Kafka, and who says nothing is not waited for."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry

from deploy.local.location import intake_address
from deploy.local.stack import Stack
from deploy.run import metrics_address
from ingest.http import credentials
from ingest.http.server import server
from ingest.settings import IntakeSettings
from schemas.frames import unpack_observations, unpack_raw, unpack_rejections
from schemas.topics import OBSERVATIONS, RAW, REJECTIONS, partition_of
from tests.services import stopped

pytestmark = pytest.mark.contracts

KIT: Final = "esp8266-4711"
UNPACK: Final[Mapping[str, Callable[..., list[Any]]]] = {
    OBSERVATIONS.name: unpack_observations, RAW.name: unpack_raw, REJECTIONS.name: unpack_rejections,
}  # fmt: skip


def push(chip: str = "4711", value: str = "14.30") -> bytes:
    """Make the push of a kit."""
    readings = [{"value_type": "SDS_P1", "value": value}]
    return json.dumps({"esp8266id": chip, "wifi": "of Jan", "sensordatavalues": readings}).encode()


@pytest.fixture
def password(stack: Stack) -> str:
    """Give the kit a password."""
    file = stack.settings().intake_credentials_file
    assert file is not None
    return credentials.add(file, KIT)


@asynccontextmanager
async def new_items(stack: Stack) -> AsyncIterator[Any]:
    """Give a function that reads what came into a topic, in the kit's partition, since the body began."""
    partition = partition_of(KIT)
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.settings().kafka, enable_auto_commit=False)
    await consumer.start()
    parts = [TopicPartition(topic, partition) for topic in UNPACK]
    consumer.assign(parts)
    starts = await consumer.end_offsets(parts)

    async def read(topic: str) -> list[Any]:
        part = TopicPartition(topic, partition)
        consumer.seek(part, starts[part])
        end = (await consumer.end_offsets([part]))[part]
        found: list[Any] = []
        while await consumer.position(part) < end:
            for record in (await consumer.getmany(part, timeout_ms=500)).get(part, ()):
                if b"watermark" not in dict(record.headers)["schema"]:
                    found += UNPACK[topic](record.value, record.headers)
        return found

    try:
        yield read
    finally:
        await consumer.stop()


async def test_what_is_acknowledged_is_in_the_log(stack: Stack, password: str) -> None:
    """Observations and what of the message stays, read by somebody else the moment after the answer."""
    async with new_items(stack) as read, httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(f"{intake_address(stack.settings())}/airrohr", content=push(), auth=(KIT, password))
        assert (answer.status_code, answer.content) == (202, b"")
        (one,) = [one for one in await read(OBSERVATIONS.name) if one.sensor == KIT]
        (raw,) = [one for one in await read(RAW.name) if one.topic == f"http/airrohr/{KIT}"]
    assert (one.source, one.value) == ("SDS_P1", 14.3)
    assert one.received_at == raw.received_at
    assert b"Jan" not in raw.payload


async def test_what_is_refused_is_one_rejection_in_the_log(stack: Stack, password: str) -> None:
    """Of the kit's own name, with the reason that its owner reads in the answer."""
    async with new_items(stack) as read, httpx.AsyncClient(timeout=30) as client:
        address = f"{intake_address(stack.settings())}/airrohr"
        answer = await client.post(address, content=push(chip="12"), auth=(KIT, password))
        assert (answer.status_code, answer.json()["reason"]) == (403, "other_sensor")
        (one,) = [one for one in await read(REJECTIONS.name) if one.sensor == KIT]
    assert (one.reason, one.dialect, one.topic) == ("other_sensor", "airrohr", f"http/airrohr/{KIT}")


def test_it_says_that_it_is_ready_and_what_it_counted(stack: Stack, password: str) -> None:
    """On the address that `doorfiets status` shows, and where Prometheus looks."""
    address, (host, port) = intake_address(stack.settings()), metrics_address(stack.settings(), "intake")
    assert httpx.get(f"{address}/gezond/klaar", timeout=30).json() == {"status": "ready"}
    assert httpx.post(f"{address}/airrohr", content=push(), auth=(KIT, password), timeout=30).status_code == 202
    counted = httpx.get(f"http://{host}:{port}/metrics", timeout=30).text
    assert 'intake_requests_total{route="/airrohr",status="202"}' in counted
    assert "intake_kafka_answers 1.0" in counted


@asynccontextmanager
async def bounded(folder: Path, **settings: Any) -> AsyncIterator[tuple[str, int]]:  # noqa: ANN401 - fields of the settings
    """Serve an intake on a free port, without a Kafka where none is given; give its address."""
    there = {"kafka": "127.0.0.1:1", "credentials_file": folder / "credentials", "port": 0}
    made = IntakeSettings(**{**there, **settings})
    running = server(made, CollectorRegistry())
    serving = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield running.servers[0].sockets[0].getsockname()
    finally:
        running.should_exit = True
        await serving


@pytest.mark.parametrize("beginning", [b"", b"POST /airrohr HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_who_does_not_say_what_he_wants_is_cut_off(tmp_path: Path, beginning: bytes) -> None:
    """A connection that says nothing, or half of a header."""
    async with bounded(tmp_path, header_seconds=0.1) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(beginning)
        assert await asyncio.wait_for(_rest(reader), 30) == b""
        writer.close()


async def test_one_connection_too_many_is_cut_off(tmp_path: Path) -> None:
    """Those before it stay."""
    async with bounded(tmp_path, most_connections=2) as (host, port):
        first, second, third = [await asyncio.open_connection(host, port) for _ in range(3)]
        assert await asyncio.wait_for(_rest(third[0]), 30) == b""
        for reader, writer in (first, second):
            writer.write(b"GET /gezond/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await asyncio.wait_for(reader.read(), 30)).startswith(b"HTTP/1.1 200 ")
        for _, writer in (first, second, third):
            writer.close()


async def test_a_header_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """And the connection ends with the answer, as it does after every one."""
    async with bounded(tmp_path) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"POST /airrohr HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 100_000)
        assert (await asyncio.wait_for(_rest(reader), 30)).startswith(b"HTTP/1.1 4")
        writer.close()


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def test_while_kafka_stands_still_nothing_is_acknowledged(stack: Stack, tmp_path: Path) -> None:
    """The kit is sent away in bounded time, and taken again when Kafka goes on."""
    auth = (KIT, credentials.add(tmp_path / "credentials", KIT))
    kafka = str(stack.settings().kafka)
    async with bounded(tmp_path, kafka=kafka, kafka_seconds=0.2) as (host, port), httpx.AsyncClient(timeout=30) as kit:
        address = f"http://{host}:{port}/airrohr"
        with stopped(stack, "kafka"):
            answer = await kit.post(address, content=push(), auth=auth)
            assert (answer.status_code, answer.json()["reason"]) == (503, "unavailable")
        for _ in range(50):
            answer = await kit.post(address, content=push(), auth=auth)
            if answer.status_code != 503:
                break
        assert answer.status_code == 202, answer.text
