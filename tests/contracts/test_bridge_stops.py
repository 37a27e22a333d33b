"""Kafka stands still, or takes nothing: the bridge and an import go on by themselves, or end and say why."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import paho.mqtt.client as mqtt
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from deploy.settings import ROOT, write
from ingest.bridge.inbox import Arrival
from ingest.bridge.newest import newest_received
from ingest.bridge.receptions import Receptions
from ingest.kafka_log import KafkaLog
from ingest.packer import Addressed, Packer
from schemas.frames import pack
from schemas.observation import RawMessage
from schemas.topics import OBSERVATIONS, PARTITIONS, RAW
from tests.contracts.kafka_proxy import KafkaProxy
from tests.contracts.test_bridge import arrives, held, publish, with_bridge
from tests.services import running, stopped, wait_until

pytestmark = pytest.mark.contracts

STOPS = (5, 25, pytest.param(90, marks=pytest.mark.night))
HEADER = (
    "Installation ID,Date and Time (Local),Pedestrian Total,Bike Total,Car Total,Large vehicle Total,Night Total,Uptime"
)
FIRST = datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Amsterdam"))
QUARTER = timedelta(minutes=15)
ROWS = 20 * 96


@pytest.fixture(scope="module")
def simulator() -> Iterator[tuple[Stack, mqtt.Client]]:
    """Start Mosquitto, Kafka and the bridge, nothing else, and a client that publishes."""
    with with_bridge(18980) as both:
        yield both


@pytest.mark.parametrize("seconds", STOPS)
def test_a_stop_of_kafka_in_the_middle_of_a_load(simulator: tuple[Stack, mqtt.Client], seconds: int) -> None:
    """The same process goes on, is not ready meanwhile, and every message is held."""
    stack, client = simulator
    before, sensor, ready = running(stack, "bridge"), f"stop-{seconds}", stack.layout.ready("bridge")
    publish(client, sensor, range(2_000))
    with ThreadPoolExecutor() as threads, stopped(stack, "kafka"):
        load = threads.submit(publish, client, sensor, range(2_000, 24_000))
        time.sleep(seconds)
        assert seconds < 20 or not ready.exists()
    load.result()
    assert arrives(stack, sensor, range(24_000), patience=120) == set()
    wait_until(ready.exists, "the bridge is ready again", patience=60)
    assert stack.pid("bridge") == before


@pytest.mark.parametrize("seconds", STOPS)
def test_a_stop_of_kafka_in_the_middle_of_an_import(
    simulator: tuple[Stack, mqtt.Client], seconds: int, tmp_path: Path
) -> None:
    """The import waits, goes on, and ends well with every row held."""
    stack, _ = simulator
    files = [written(tmp_path, f"{10_000 * seconds + number}") for number in range(12)]
    command = [sys.executable, "-P", "-m", "deploy", "import", "--format", "telraam-csv", "--minutes", "15"]
    before = asyncio.run(ends(stack))
    with subprocess.Popen(
        [*command, *map(str, files)], cwd=ROOT, env=os.environ | write(stack.settings()),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        wait_until(lambda: asyncio.run(ends(stack)) > before, "the import goes on", patience=60)
        with stopped(stack, "kafka"):
            time.sleep(seconds)
        reported, _ = running.communicate(timeout=240)
    assert running.returncode == 0, reported
    seen = {(one.sensor, one.started_at) for one in asyncio.run(held(stack, OBSERVATIONS))}
    missing = {(file.stem, FIRST + row * QUARTER) for file in files for row in range(ROWS)} - seen
    assert missing == set()


def written(folder: Path, sensor: str) -> Path:
    """Write twenty days of quarters as Telraam does."""
    times = (f"{FIRST + row * QUARTER:%Y-%m-%d %H:%M}" for row in range(ROWS))
    rows = (f"{sensor},{at},5,43.5,205,2,0,Good uptime - 1" for at in times)
    file = folder / f"{sensor}.csv"
    file.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return file


async def ends(stack: Stack) -> int:
    """Count the frames of observations."""
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.settings().kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(OBSERVATIONS.name, number) for number in range(PARTITIONS)]
        return sum((await consumer.end_offsets(parts)).values())
    finally:
        await consumer.stop()


async def test_a_bridge_that_hangs_ends_itself_with_a_sentence(simulator: tuple[Stack, mqtt.Client]) -> None:
    """Kafka answers and takes nothing: the process ends after 30 s, and the next one finds every message."""
    stack, client = simulator
    stack.halt("bridge")
    publish(client, "hang-1", range(1, 40))
    async with KafkaProxy(str(stack.settings().kafka)) as proxy:
        proxy.full = True
        environment = os.environ | write(stack.settings()) | {"DOORFIETS_KAFKA": f"127.0.0.1:{proxy.port}"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "deploy", "run", "bridge",
            cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(120):
                _, reported = await process.communicate()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
    assert process.returncode == 1
    assert b"messages wait, Kafka answers, and none was acknowledged" in reported
    stack.resume("bridge")
    assert await asyncio.to_thread(arrives, stack, "hang-1", range(1, 40)) == set()


async def test_a_bridge_that_starts_knows_what_comes_again(
    simulator: tuple[Stack, mqtt.Client], caplog: pytest.LogCaptureFixture
) -> None:
    """From the log, however much older there is, and where a damaged frame is named and passed over."""
    stack, _ = simulator
    kafka, moment = str(stack.settings().kafka), datetime.now(UTC)  # noqa: TID251 - newer than all else in the log
    good = pack([RawMessage(moment, "sensors/past-1/data", b"said", 7)], frame_id="past", writer="test")
    log = KafkaLog(kafka, "test")
    await log.deliver([Addressed(RAW.name, 3, frame) for frame in (good, good._replace(value=good.value + b"x"))])
    older = (
        RawMessage(moment - timedelta(days=1), "sensors/past-2/data", b"%d" % number, 7) for number in range(250_000)
    )
    await log.deliver(list(Packer("test", "r").pack(RAW.name, {4: list(islice(older, 125_000)), 5: list(older)})))
    await log.close()
    receptions = Receptions()
    newest = await newest_received(kafka, receptions)
    again = Arrival(1, 7, moment + timedelta(days=1), "sensors/past-1/data", b"said", again=True)
    assert receptions.first(again, numbered=False) == moment
    assert newest == moment
    assert "a damaged frame is passed over" in caplog.text


def test_a_bridge_that_was_stopped_itself_goes_on(simulator: tuple[Stack, mqtt.Client]) -> None:
    """It does not end for the time in which it could not do anything."""
    stack, client = simulator
    before = running(stack, "bridge")
    with stopped(stack, "bridge"):
        publish(client, "self-1", range(2_000))
        time.sleep(40)
    assert arrives(stack, "self-1", range(2_000), patience=120) == set()
    assert stack.pid("bridge") == before
