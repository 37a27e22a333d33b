"""Process `receipts`: from topic `receipts` to the sensors, and at each connection what they were told before."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import psycopg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from prometheus_client import REGISTRY

from ingest.bridge.ready import ReadyFile
from ingest.json_log import to_stderr
from ingest.only_one import run_alone
from ingest.pause import pause
from ingest.receipts.marks import recent_receipts
from ingest.receipts.metrics import ReceiptCollector
from ingest.receipts.publisher import ReceiptPublisher
from ingest.receipts.settings import ReceiptSettings
from schemas.frames import FrameDamagedError, unpack_receipts
from schemas.receipt import Receipt
from schemas.topics import RECEIPTS

_LOG = logging.getLogger("doorfiets.ingest.receipts")
_LOOK_MS: Final = 500


def run(settings: ReceiptSettings) -> None:
    """Run until SIGTERM or SIGINT; exit with code 75 when another one runs."""
    to_stderr(settings.log_level)
    run_alone(partial(_work, settings), settings.lock_file, "process receipts", _LOG)


async def _work(settings: ReceiptSettings) -> None:
    loop, again = asyncio.get_running_loop(), asyncio.Event()
    publisher = ReceiptPublisher(settings, lambda: loop.call_soon_threadsafe(again.set))
    ready = ReadyFile(settings.ready_file)
    collector = ReceiptCollector(publisher)
    REGISTRY.register(collector)
    publisher.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_follow(settings, publisher, ready, again), name="follow")
            tasks.create_task(_repeat(settings, publisher, again), name="repeat")
    finally:
        publisher.stop()
        ready.withdraw()
        REGISTRY.unregister(collector)


async def _repeat(settings: ReceiptSettings, publisher: ReceiptPublisher, again: asyncio.Event) -> None:
    """Tell the marks of the last hours again at each connection, for ever."""
    attempt = 0
    while True:
        await again.wait()
        try:
            receipts = await recent_receipts(settings.postgres, settings.repeat_hours)
        except (psycopg.Error, OSError) as problem:
            _LOG.warning("marks are not repeated yet: the database does not answer", extra={"problem": str(problem)})
            await asyncio.sleep(pause(attempt := attempt + 1))
            continue
        again.clear()
        attempt = 0
        publisher.publish(receipts)
        _LOG.info("repeated", extra={"receipts": len(receipts)})


async def _follow(
    settings: ReceiptSettings, publisher: ReceiptPublisher, ready: ReadyFile, again: asyncio.Event
) -> None:
    """Publish what comes on the topic from now on, for ever; `again` starts `_repeat`, for what came before."""
    attempt = 0
    while True:
        try:
            async with _consumer(settings.kafka) as consumer:
                attempt = 0
                again.set()
                while True:
                    found = await consumer.getmany(timeout_ms=_LOOK_MS)
                    for record in (one for records in found.values() for one in records):
                        publisher.publish(_receipts(record.value, record.headers))
                    _be_ready(ready, publisher)
        except (KafkaError, OSError) as problem:
            if attempt == 0:
                _LOG.error(
                    "kafka does not answer; sensors send again meanwhile, and the receipts follow by themselves",
                    extra={"kafka": settings.kafka, "problem": repr(problem)},
                )
            ready.withdraw()
            await asyncio.sleep(pause(attempt := attempt + 1))


def _be_ready(ready: ReadyFile, publisher: ReceiptPublisher) -> None:
    if publisher.is_connected:
        ready.announce()
    else:
        ready.withdraw()


@asynccontextmanager
async def _consumer(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Read the topic from its end on, without a group: nobody shares the work, so nobody has to be waited for."""
    consumer = AIOKafkaConsumer(
        RECEIPTS.name, bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="latest"
    )
    try:
        await consumer.start()
        await consumer.seek_to_end()
        yield consumer
    finally:
        await consumer.stop()


def _receipts(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> list[Receipt]:
    """Return the receipts of a record; a damaged one is left out, as every receipt is earned again."""
    try:
        return unpack_receipts(value, headers)
    except FrameDamagedError as problem:
        _LOG.error("a record of topic receipts is damaged and left out", extra={"problem": str(problem)})
        return []
