"""The bridge on the wire, against a broker that cuts connections wherever it hurts."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.bridge.bridge import Bridge
from ingest.bridge.inbox import Inbox
from ingest.bridge.pipeline import Pipeline
from ingest.bridge.receptions import Receptions
from ingest.bridge.session import Session
from ingest.clock import ReceptionClock
from ingest.packer import Addressed, Packer
from ingest.settings import BridgeSettings
from schemas.frames import unpack_observations, unpack_raw
from schemas.observation import Observation
from schemas.topics import OBSERVATIONS, RAW
from tests.contracts.wire_broker import (
    CONNACK,
    CONNECT,
    PUBACK,
    PUBLISH,
    SUBACK,
    SUBSCRIBE,
    Cut,
    WireBroker,
    publish,
    until,
)

pytestmark = pytest.mark.contracts

TOPIC = "sensors/wire-1/data"
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)  # noqa: TID251 - live data
LENGTH = len(publish(TOPIC, b"message 00", 1))


class MemoryLog:
    """A log in memory that holds frames after a while, or when it is told to."""

    def __init__(self, seconds: float = 0) -> None:
        """Hold nothing yet."""
        self.received: list[bytes] = []
        self.seen = list[Observation]()
        self.reported = asyncio.Event()
        self.reported.set()
        self._seconds = seconds

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Hold frames."""
        await asyncio.sleep(self._seconds)
        await self.reported.wait()
        for frame in frames:
            if frame.topic == RAW.name:
                self.received += [one.payload for one in unpack_raw(*frame.frame)]
            if frame.topic == OBSERVATIONS.name:
                self.seen += unpack_observations(*frame.frame)


@asynccontextmanager
async def bridge(broker: WireBroker, log: MemoryLog, **changed: float) -> AsyncIterator[Session]:
    """Run all of a bridge but Kafka."""
    settings = BridgeSettings("", broker.address, Path("lock"), batch_messages=7, batch_seconds=0.001, **changed)  # type: ignore[arg-type]
    inbox = Inbox(100)
    session = Session(settings, inbox, ReceptionClock(None), lambda: None)
    pipeline = Pipeline(
        settings,
        inbox,
        log,
        Packer("bridge", "r"),
        Receptions(),
        acknowledge=session.acknowledge,
        marked=lambda _: None,
        seal=lambda content, _: content,  # the messages are numbers that cannot be parsed
    )
    tasks = [asyncio.create_task(part) for part in (session.maintain(), pipeline.send(), pipeline.answer())]
    try:
        yield session
        ended = [task for task in tasks if task.done()]
        assert not ended, ended
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def emptied(broker: WireBroker) -> None:
    """Wait until everything was acknowledged."""
    await until(lambda: broker.is_empty)


def messages(count: int) -> list[bytes]:
    """Spell different messages of one length."""
    return [b"message %02d" % number for number in range(count)]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect again at once."""
    monkeypatch.setattr("ingest.bridge.session.pause", lambda _: 0.01)


async def test_acknowledgements_of_a_lost_connection_die_with_it() -> None:
    """They come due while the next one is being opened, and that one must not carry them."""
    log = MemoryLog()
    log.reported.clear()
    async with WireBroker([Cut(PUBLISH, 2)], linger=0.2, slow_welcome=2) as broker, bridge(broker, log):
        broker.queue(TOPIC, *messages(2))
        await until(lambda: len(broker.connections) == 2)
        await asyncio.sleep(0.5)  # the next connection is open, and not yet welcome
        log.reported.set()
        await emptied(broker)
    assert [one.early for one in broker.connections] == [[], []]
    assert_honest(broker, log, messages(2))


@pytest.mark.parametrize(("seconds", "linger"), [(0, 0), (0.02, 0), (0.02, 0.01), (0.1, 0.05)])
async def test_wherever_it_is_cut_nothing_is_lost_and_nothing_acknowledged_twice(seconds: float, linger: float) -> None:
    """After each byte of two messages, and after each packet of either side; Kafka answers at once or late."""
    cuts = [
        *(Cut("bytes", count) for count in range(1, 2 * LENGTH + 1)),
        *(Cut(kind) for kind in (CONNECT, CONNACK, SUBSCRIBE, SUBACK)),
        *(Cut(PUBACK, count) for count in (1, 2, 6, 7, 8)),
    ]
    log = MemoryLog(seconds)
    async with WireBroker(cuts, linger=linger, slow_welcome=linger) as broker, bridge(broker, log):
        broker.queue(TOPIC, *messages(99))
        await emptied(broker)
    assert len(broker.connections) > len(cuts) / 2
    assert_honest(broker, log, messages(99))


def assert_honest(broker: WireBroker, log: MemoryLog, sent: list[bytes]) -> None:
    """Each id was acknowledged on a connection on which it was sent, and each message is held."""
    for connection in broker.connections:
        assert set(connection.acknowledged) <= set(connection.sent)
    assert set(log.received) == set(sent)


async def test_a_broker_that_was_restored_undoes_no_correction() -> None:
    """It sends the first message again, though the second, its correction, was acknowledged long before."""
    log = MemoryLog()
    async with WireBroker() as broker, bridge(broker, log):
        for value in (5, 6):
            broker.queue(TOPIC, stated(value))
            await emptied(broker)
        broker.restore(broker.connections[0].sent[0], TOPIC, stated(5))
        await emptied(broker)
    assert [one.value for one in log.seen] == [5, 6, 5]
    assert max(log.seen, key=lambda one: one.received_at).value == 6


def stated(value: int) -> bytes:
    """Spell what an old sensor says about one interval, without a number."""
    start, end = HOUR.isoformat(), (HOUR + timedelta(hours=1)).isoformat()
    reading = {"quantity": "bicycles", "start": start, "end": end, "value": value, "unit": "1"}
    return json.dumps({"sensor": "wire-1", "readings": [reading]}).encode()


async def test_a_backlog_is_worked_off_on_one_connection() -> None:
    """It flows for much longer than the keep alive, and the answer to the ping waits behind all of it."""
    async with (
        WireBroker(window=4000, pace=0.002) as broker,
        bridge(broker, MemoryLog(), keepalive_seconds=1),
    ):
        broker.queue(TOPIC, *(b"%d" % number for number in range(3000)))
        await emptied(broker)
    assert len(broker.connections) == 1


async def test_a_broker_that_falls_silent_is_left() -> None:
    """What was sent on the silent connection comes again on the next one."""
    log = MemoryLog()
    async with WireBroker() as broker, bridge(broker, log, keepalive_seconds=1):
        broker.queue(TOPIC, b"before")
        await emptied(broker)
        broker.silent = True
        await until(lambda: len(broker.connections) > 1)
        broker.silent = False
        broker.queue(TOPIC, b"after")
        await emptied(broker)
    assert log.received == [b"before", b"after"]


async def test_a_bridge_without_its_broker_is_not_ready(tmp_path: Path) -> None:
    """Nothing that is published can reach it; a connection that comes back within seconds is no news."""
    ready = tmp_path / "bridge.ready"
    async with WireBroker() as broker:
        settings = BridgeSettings("127.0.0.1:1", broker.address, tmp_path / "lock", ready_file=ready, quiet_seconds=1)
        lonely = Bridge(settings, None, Receptions())
        working = asyncio.create_task(lonely.work())
        await until(ready.exists)
    try:
        await until(lambda: not ready.exists())
    finally:
        working.cancel()
        await lonely.close()


async def test_a_broker_that_hangs_up_at_once_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """Else nobody knows why nothing comes: another service listens there, or the broker is full."""
    requested: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requested.append(await reader.read(1))
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        session = Session(BridgeSettings("", address, Path("lock")), Inbox(100), ReceptionClock(None), lambda: None)
        storing = asyncio.create_task(session.maintain())
        await until(lambda: len(requested) > 2)
        storing.cancel()
    assert [one.__dict__["mqtt"] for one in caplog.records if one.levelname == "ERROR"] == [address]
