"""Marks of the bridge: which are believed, and which are written."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.bridge.marks import Marks
from ingest.packer import Addressed, Packer
from ingest.settings import BridgeSettings
from schemas.frames import is_watermark, unpack_watermarks
from schemas.watermark import Watermark

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
SETTINGS = BridgeSettings("kafka:1", "mqtt:1", Path("lock"), client_id="b-1", partitions=3, mark_seconds=0.001)


class SlowLog:
    """A log in memory that answers each delivery when it is told to."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.frames: list[Addressed] = []
        self.room = asyncio.Semaphore(0)

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Wait to be told."""
        await self.room.acquire()
        self.frames += frames


def marks(log: SlowLog, sent: list[bytes]) -> Marks:
    """Make marks at noon."""

    def publish(payload: bytes) -> bool:
        sent.append(payload)
        return True

    return Marks(SETTINGS, publish, log, Packer("b-1", "r"), backlog=lambda: 4, now=lambda: NOON)


async def until_it_waits() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_mark_is_written_to_every_partition() -> None:
    """With the bridge's name, as a frame that is told apart."""
    log = SlowLog()
    log.room.release()
    mine = marks(log, [])
    writing = asyncio.create_task(mine.write())
    mine.came_back(b"2026-05-12T13:59:58+02:00")
    await until_it_waits()
    writing.cancel()
    assert [(one.topic, one.partition) for one in log.frames] == [("observations", part) for part in range(3)]
    assert all(is_watermark(one.frame.headers) for one in log.frames)
    assert unpack_watermarks(*log.frames[0].frame) == [Watermark("b-1", NOON - timedelta(seconds=2), 4)]


async def test_only_the_newest_of_those_that_wait_is_written() -> None:
    """And none goes back."""
    log = SlowLog()
    mine = marks(log, [])
    writing = asyncio.create_task(mine.write())
    for second in (10, 20, 40, 30):
        mine.came_back((NOON - timedelta(minutes=1) + timedelta(seconds=second)).isoformat().encode())
        await until_it_waits()
    for _ in range(3):
        log.room.release()
        await until_it_waits()
    writing.cancel()
    written = [unpack_watermarks(*one.frame)[0].published_until.second for one in log.frames if not one.partition]
    assert written == [10, 40]


async def test_a_clock_that_was_set_back_is_followed() -> None:
    """Else nothing is marked until the time that was wrong has come."""
    log, clock = SlowLog(), [NOON]
    log.room = asyncio.Semaphore(2)
    mine = Marks(SETTINGS, lambda _: True, log, Packer("b-1", "r"), backlog=lambda: 4, now=lambda: clock[0])
    writing = asyncio.create_task(mine.write())
    for clock[0] in (NOON, NOON - timedelta(hours=1)):
        mine.came_back(clock[0].isoformat().encode())
        await until_it_waits()
    writing.cancel()
    written = [unpack_watermarks(*one.frame)[0].published_until for one in log.frames if not one.partition]
    assert written == [NOON, NOON - timedelta(hours=1)]


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"now", b"\xff", b"1", b"2026-05-12T11:00:00", b"2026-05-12T12:00:02Z", b"9999-12-31T23:59:59Z"),
        *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00"),  # no time at all in UTC
    ],
)
async def test_what_is_no_time_so_far_is_refused(payload: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A mark in the future would say of readings that nobody sent yet that they are processed."""
    log = SlowLog()
    log.room.release()
    mine = marks(log, [])
    writing = asyncio.create_task(mine.write())
    mine.came_back(payload)
    await until_it_waits()
    writing.cancel()
    assert log.frames == []
    assert "somebody else wrote it" in caplog.text


async def test_one_mark_is_under_way() -> None:
    """The next one leaves when it came back."""
    sent: list[bytes] = []
    mine = marks(SlowLog(), sent)
    sending = asyncio.create_task(mine.send())
    for count in (1, 2, 3):
        async with asyncio.timeout(60):
            while len(sent) < count:  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert len(sent) == count
        mine.came_back(sent[-1])
    sending.cancel()
