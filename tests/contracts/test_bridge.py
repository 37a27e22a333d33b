"""The bridge between the real Mosquitto and the real Kafka: nothing is lost, nothing is acknowledged too early."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.request import urlopen

import paho.mqtt.client as mqtt
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from paho.mqtt.enums import CallbackAPIVersion
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.probes import worker_is_ready
from deploy.local.stack import Stack
from deploy.run import metrics_address
from deploy.settings import ROOT, read, write
from ingest.seal import KeyRing
from schemas.frames import Header, is_watermark, unpack_observations, unpack_raw, unpack_rejections, unpack_watermarks
from schemas.observation import Observation
from schemas.topics import OBSERVATIONS, PARTITIONS, RAW, REJECTIONS, Topic
from schemas.watermark import Watermark
from tests.ports import apart
from tests.services import kill, running, stopped, wait_until

pytestmark = pytest.mark.contracts

UNPACK: dict[Topic, Callable[[bytes, Iterable[Header]], Sequence[Any]]] = {
    RAW: unpack_raw,
    OBSERVATIONS: unpack_observations,
    REJECTIONS: unpack_rejections,
}
BASE = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=20)  # noqa: TID251 - live data


@pytest.fixture(scope="module")
def simulator() -> Iterator[tuple[Stack, mqtt.Client]]:
    """Start Mosquitto, Kafka, the bridge and what it needs, and a client that publishes."""
    with with_bridge(18960) as both:
        yield both


@contextmanager
def with_bridge(port_base: int) -> Iterator[tuple[Stack, mqtt.Client]]:
    """Run Mosquitto, Kafka, the bridge and what it needs, and a client that publishes, while the body runs."""
    stack = Stack(read({"DOORFIETS_PORT_BASE": apart(port_base)}), ephemeral=True)
    try:
        stack.start(only=("bridge",))
        client = publisher(stack)
        yield stack, client
        client.disconnect()
        client.loop_stop()
    finally:
        stack.stop()


def publisher(stack: Stack) -> mqtt.Client:
    """Connect as the simulator."""
    host, _, port = str(stack.settings().mqtt).rpartition(":")
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="test-simulator", protocol=mqtt.MQTTv5)
    client.username_pw_set("simulator", stack.layout.password("simulator").read_text("utf-8").strip())
    client.max_inflight_messages_set(500)
    client.connect(host, int(port))
    client.loop_start()
    return client


def message(sensor: str, number: int) -> bytes:
    """Spell the message of a number: its value and its slot."""
    start = BASE + timedelta(minutes=number)
    reading = {
        "quantity": "bicycles",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=1)).isoformat(),
        "value": number,
        "unit": "1",
    }
    return json.dumps({"sensor": sensor, "seq": number, "readings": [reading]}).encode()


def publish(client: mqtt.Client, sensor: str, numbers: range) -> None:
    """Publish messages, every fiftieth of them broken, and wait for the broker."""
    sent = []
    for number in numbers:
        payload = b"broken %d" % number if number % 50 == 0 else message(sensor, number)
        sent.append(client.publish(f"sensors/{sensor}/data", payload, qos=1))
    for one in sent:
        one.wait_for_publish(60)


async def held(stack: Stack, topic: Topic) -> list[Any]:
    """Read everything that a topic holds but the marks, partition by partition in order."""
    found: list[Any] = []
    async for record in records(stack, topic):
        if not is_watermark(record.headers):
            found += UNPACK[topic](record.value, record.headers)
    return found


async def records(stack: Stack, topic: Topic) -> AsyncIterator[Any]:
    """Read every record that a topic holds now."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stack.settings().kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        parts = [TopicPartition(topic.name, number) for number in range(PARTITIONS)]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for came in (await consumer.getmany(*parts, timeout_ms=500)).values():
                for record in came:
                    yield record
    finally:
        await consumer.stop()


def numbers_held(stack: Stack, sensor: str) -> set[int]:
    """Collect the numbers that Kafka holds, as observations or as rejections."""
    seen = asyncio.run(held(stack, OBSERVATIONS))
    refused = asyncio.run(held(stack, REJECTIONS))
    values = {int(one.value) for one in seen if one.sensor == sensor}
    opened = (KeyRing(stack.layout.seal_keys).opened(one.payload) for one in refused if one.sensor == sensor)
    return values | {int(payload.split()[1]) for payload in opened if payload is not None}


def arrives(stack: Stack, sensor: str, numbers: range, patience: float = 60.0) -> set[int]:
    """Wait until all numbers are held; give those that are missing."""
    deadline = time.monotonic() + patience
    while (missing := set(numbers) - numbers_held(stack, sensor)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return missing


def test_a_killed_bridge_loses_nothing(simulator: tuple[Stack, mqtt.Client]) -> None:
    """20,000 messages with kill -9 in the middle: each is held at least once, good or bad."""
    stack, client = simulator
    for part in range(4):
        publish(client, "kill-1", range(part * 5_000, (part + 1) * 5_000))
        if part in {1, 2}:
            kill(stack, "bridge")
    stack.wait("bridge")
    assert arrives(stack, "kill-1", range(20_000)) == set()


def test_nothing_is_acknowledged_that_kafka_does_not_hold(simulator: tuple[Stack, mqtt.Client]) -> None:
    """Kafka is away, the bridge receives 500 messages and is killed: the broker still has every one of them."""
    stack, client = simulator
    stack.halt("kafka")
    publish(client, "early-1", range(500))
    time.sleep(2)
    kill(stack, "bridge")
    time.sleep(1)
    stack.resume("kafka")
    stack.wait("bridge")
    assert arrives(stack, "early-1", range(500)) == set()


def test_what_a_network_publishes_without_acknowledgement_waits_for_a_bridge_that_is_away(
    simulator: tuple[Stack, mqtt.Client],
) -> None:
    """The Things Stack knows QoS 0 only, ChirpStack publishes with it unless told otherwise."""
    stack, client = simulator
    topics = ["v3/assen@ttn/devices/away-1/up", "application/1/device/00000000000000a1/event/up"]
    stack.halt("bridge")
    for topic in topics:
        client.publish(topic, b'{"deduplicationId": "away"}', qos=0)
    client.publish("sensors/away-1/data", message("away-1", 1), qos=1).wait_for_publish(60)
    stack.resume("bridge")
    stack.wait("bridge")
    assert arrives(stack, "away-1", range(1, 2)) == set()
    held_of = {one.topic for one in asyncio.run(held(stack, RAW))}
    assert {"v3/-/devices/away-1/up", "application/-/device/00000000000000a1/event/up"} <= held_of


def test_kafka_comes_back_and_the_bridge_goes_on_by_itself(simulator: tuple[Stack, mqtt.Client]) -> None:
    """The same process, without help, and ten seconds are enough."""
    stack, client = simulator
    before = running(stack, "bridge")
    stack.halt("kafka")
    publish(client, "away-1", range(500))
    time.sleep(3)
    stack.resume("kafka")
    assert arrives(stack, "away-1", range(500), patience=20) == set()
    assert stack.pid("bridge") == before


def test_an_orderly_stop_leaves_the_session_to_the_broker(simulator: tuple[Stack, mqtt.Client]) -> None:
    """What is published meanwhile waits there."""
    stack, client = simulator
    stack.halt("bridge")
    publish(client, "stop-1", range(500))
    stack.resume("bridge")
    assert arrives(stack, "stop-1", range(500)) == set()


def test_a_second_bridge_exits_with_75(simulator: tuple[Stack, mqtt.Client]) -> None:
    """And the first one does not notice."""
    stack, _ = simulator
    before = running(stack, "bridge")
    environment = os.environ | write(stack.settings())
    done = subprocess.run(
        [sys.executable, "-P", "-m", "deploy", "run", "bridge"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 75
    assert f"pid {before}" in done.stderr
    assert stack.pid("bridge") == before


async def frames(stack: Stack) -> AsyncIterator[tuple[int, list[Watermark], list[Observation]]]:
    """Read topic `observations` frame by frame, in order: partition, and either marks or observations."""
    async for record in records(stack, OBSERVATIONS):
        marks = is_watermark(record.headers)
        yield (
            record.partition,
            unpack_watermarks(record.value, record.headers) if marks else [],
            [] if marks else unpack_observations(record.value, record.headers),
        )


async def first_marks(stack: Stack, published: datetime, sensor: str) -> tuple[set[int], set[float | None]]:
    """Find where a mark says that all published until then is there, and what of a sensor lies before it."""
    marked, values = set[int](), set[float | None]()
    async for partition, marks, seen in frames(stack):
        if any(one.published_until >= published for one in marks):
            marked.add(partition)
        if partition not in marked:
            values |= {one.value for one in seen if one.sensor == sensor}
    return marked, values


def test_a_mark_stands_behind_everything_that_was_published_before(simulator: tuple[Stack, mqtt.Client]) -> None:
    """In every partition; through a crash of the bridge, with a backlog in the broker, too."""
    stack, client = simulator
    publish(client, "mark-1", range(1, 50))
    kill(stack, "bridge")
    publish(client, "mark-1", range(51, 100))
    published = datetime.now(UTC)  # noqa: TID251 - live data
    deadline = time.monotonic() + 60
    while True:
        marked, values = asyncio.run(first_marks(stack, published, "mark-1"))
        if marked == set(range(PARTITIONS)):
            break
        assert time.monotonic() < deadline, marked
        time.sleep(0.5)
    assert values == {*range(1, 50), *range(51, 100)}


def test_marks_are_neither_readings_nor_rejections(simulator: tuple[Stack, mqtt.Client]) -> None:
    """Nothing but their own frames tells of them."""
    stack, _ = simulator
    assert not [one for one in asyncio.run(held(stack, RAW)) if one.topic.startswith("platform/")]
    assert not [one for one in asyncio.run(held(stack, REJECTIONS)) if one.topic.startswith("platform/")]


def test_the_bridge_tells_what_it_does(simulator: tuple[Stack, mqtt.Client]) -> None:
    """Prometheus reads what waits, what became of every message, and when the last was acknowledged."""
    stack, client = simulator
    address = metrics_address(stack.settings(), "bridge")
    before = reported(*address)
    publish(client, "told-1", range(100))
    assert arrives(stack, "told-1", range(100)) == set()
    wait_until(
        lambda: reported(*address)["decoded"] - before.get("decoded", 0) >= 98, "all is acknowledged", patience=60
    )
    wait_until(lambda: not reported(*address)["bridge_pending_acks"], "nothing waits", patience=60)
    now = reported(*address)
    assert now["refused"] - before.get("refused", 0) == 2
    assert now["malformed"] - before.get("malformed", 0) == 2
    assert now["bridge_kafka_answers"] == 1
    assert now["bridge_connections_total"] >= 1
    assert now["bridge_last_acknowledged_timestamp_seconds"] > now["bridge_marked_timestamp_seconds"] > 1.7e9


def reported(host: str, port: int) -> dict[str, float]:
    """Read the metrics of a process by the value of their label, else by their name."""
    with urlopen(f"http://{host}:{port}/metrics", timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in families for sample in family.samples]
    return {next(iter(sample.labels.values()), sample.name): sample.value for sample in samples}


def test_what_waits_at_the_broker_and_what_it_dropped_is_told(simulator: tuple[Stack, mqtt.Client]) -> None:
    """While nothing can be handed on, messages pile up there; none was dropped so far."""
    stack, client = simulator
    metrics = metrics_address(stack.settings(), "bridge")
    with stopped(stack, "kafka"):
        publish(client, "pile-1", range(9_000))
        wait_until(lambda: reported(*metrics).get("mqtt_queued_messages", 0) >= 9_000, "the broker publishes its queue")
        assert reported(*metrics)["bridge_backlog_messages"] >= 9_000
    assert arrives(stack, "pile-1", range(9_000)) == set()
    wait_until(lambda: reported(*metrics)["mqtt_queued_messages"] < 100, "nothing waits any more")
    assert reported(*metrics).get("mqtt_dropped_total", 0) == 0


def test_reception_times_go_on_only(simulator: tuple[Stack, mqtt.Client]) -> None:
    """Over kills and restarts, no two messages were received at the same time.

    One that came again was received once.
    """
    stack, _ = simulator
    messages = {(one.topic, one.payload, one.received_at) for one in asyncio.run(held(stack, RAW))}
    times = sorted(received_at for _, _, received_at in messages)
    assert all(one < other for one, other in pairwise(times))


def uplink(device: str) -> bytes:
    """Spell an uplink of a device that nobody registered."""
    message = {"f_port": 2, "decoded_payload": {"bikes": 3}}
    return json.dumps({"end_device_ids": {"device_id": device}, "uplink_message": message}).encode()


def test_the_bridge_needs_the_database_for_its_first_start_only(simulator: tuple[Stack, mqtt.Client]) -> None:
    """With the copy it starts and decodes while the database is away; without, it is not ready until that is there."""
    stack, client = simulator
    metrics, copy = metrics_address(stack.settings(), "bridge"), stack.layout.devices
    wait_until(copy.exists, "the copy is written")
    known = reported(*metrics)["devices_known"]
    assert known > 0
    assert reported(*metrics)["directory_age_seconds"] < 60
    with stopped(stack, "postgres"):
        stack.restart("bridge")
        assert reported(*metrics)["devices_known"] == known
        assert "directory_age_seconds" not in reported(*metrics)
        before = reported(*metrics).get("decoded", 0)
        client.publish("v3/assen@ttn/devices/absent-1/up", uplink("absent-1"), qos=1).wait_for_publish(30)
        wait_until(lambda: reported(*metrics).get("decoded", 0) == before + 1, "the uplink is decoded")
        copy.unlink()
        kill(stack, "bridge")
        log = stack.layout.log("bridge")
        wait_until(lambda: "waits for the device directory" in log.read_text("utf-8"), "the bridge says that it waits")
        assert not worker_is_ready(stack.layout.ready("bridge"))
    stack.wait("bridge")
    wait_until(lambda: reported(*metrics)["devices_known"] == known, "the directory is read")
