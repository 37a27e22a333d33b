"""Records that are no frames of ours, in the topics that `store` reads: all that is good is stored once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any, Final, TypeAlias

import psycopg
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.stack import Stack
from schemas.frames import Frame, pack
from schemas.observation import Observation
from schemas.topics import OBSERVATIONS, PARTITIONS, REJECTIONS
from tests.conftest import superuser
from tests.journeys.sent_messages import recent
from tests.journeys.simulator import doorfiets, kill_and_time, one
from tests.services import wait_until

pytestmark = pytest.mark.journeys

Written: TypeAlias = tuple[bytes | None, list[tuple[str, bytes]]]

JUNK: Final[tuple[Written, ...]] = (
    (None, []),
    (b"", []),
    (b"hello", [("schema", b"observation/1")]),
    (b"\xff" * 900, [("frame", b"\xff\0"), ("crc", b"")]),
)
"""Values and headers that somebody else's tool may write into our topics."""
REFUSED: Final = "SELECT coalesce(sum(receptions), 0) FROM doorfiets.rejection WHERE sensor LIKE %s"


@pytest.fixture(autouse=True)
def _as_before(stack: Stack) -> Iterator[None]:
    """Leave no rejections behind that another journey would count."""
    yield
    with psycopg.connect(superuser(stack), autocommit=True) as connection:
        connection.execute("DELETE FROM doorfiets.rejection WHERE sensor ~ '^(behind|again)-'")


def test_records_that_are_no_frames_stop_nobody(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """In every partition of both topics; the worker is the same afterwards, and says what it met."""
    before, pid = _failed(database), stack.pid("store")
    for topic in (OBSERVATIONS.name, REJECTIONS.name):
        asyncio.run(_write(stack, topic, "behind"))
    wait_until(lambda: _failed(database) == before + 2 * PARTITIONS * len(JUNK), "all junk is set aside")
    wait_until(lambda: one(database, REFUSED, "behind-%") == 2 * PARTITIONS, "all that stood around it is stored")
    assert stack.pid("store") == pid
    said, _ = doorfiets(stack, "failures").communicate(timeout=60)
    assert f"{OBSERVATIONS.name}/0 offset" in said
    assert "a record without a value" in said


def test_poison_while_the_database_restarts(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """What comes while PostgreSQL is away waits in the log, and is told apart once it is back."""
    before = _failed(database)
    writing = Thread(target=lambda: asyncio.run(_write(stack, OBSERVATIONS.name, "again")))
    writing.start()
    kill_and_time(stack, "postgres")
    writing.join()
    with psycopg.connect(database.info.dsn, password=database.info.password, autocommit=True) as back:
        wait_until(lambda: _failed(back) == before + PARTITIONS * len(JUNK), "all junk is set aside")
        wait_until(lambda: one(back, REFUSED, "again-%") == 2 * PARTITIONS, "all that stood around it is stored")


async def _write(stack: Stack, topic: str, name: str) -> None:
    """Write into every partition a good frame, the junk, and another good frame; only observations have some."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.settings().kafka)
    await producer.start()
    try:
        for partition in range(PARTITIONS):
            good = [_frame(f"{name}-{partition}-{number}") for number in range(2) if topic == OBSERVATIONS.name]
            for value, headers in (*good[:1], *JUNK, *good[1:]):
                await producer.send_and_wait(topic, value, key=b"?", partition=partition, headers=headers)
    finally:
        await producer.stop()


def _frame(sensor: str) -> Frame:
    """Make a frame of a sensor that nobody registered: it ends as one rejection."""
    start = recent(1)
    ends = start + timedelta(minutes=1)
    return pack([Observation(sensor, "bicycles", start, ends, 1.0, 1.0, ends)], frame_id=sensor, writer="test")


def _failed(database: psycopg.Connection[Any]) -> int:
    return int(one(database, "SELECT count(*) FROM doorfiets.failed_record"))
