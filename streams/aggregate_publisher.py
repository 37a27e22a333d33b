"""The publisher of topic `aggregates`: every aggregate as it is now, at least once."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing, suppress
from time import monotonic
from typing import Final

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from schemas.published import PUBLISHED
from schemas.topics import AGGREGATES
from streams.sinks.changes import Change, Changes

_log = logging.getLogger(__name__)
_AT_LEAST: Final = 5.0  # seconds between two rounds at most, also during a backlog
_PAUSE: Final = 1.0  # seconds between two rounds at least
_SHARE: Final = 3  # the pause after a page while busy, in times that the page took


class AggregatePublisher:
    """Publishes the rows that changed, on `due` and every few seconds."""

    def __init__(self, kafka: str, changes: Changes, *, hold: Callable[[], bool], busy: Callable[[], bool]) -> None:
        """Publish nothing while `hold` returns true, and use a quarter of the time while `busy` does."""
        self._kafka = kafka
        self._hold = hold
        self._busy = busy
        self._changes = changes
        self._due = asyncio.Event()

    def due(self) -> None:
        """Start a round now."""
        self._due.set()

    async def run(self) -> None:
        """Publish until cancelled; after a failure start again with a new producer."""
        while True:
            producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all", enable_idempotence=True, linger_ms=5)
            try:
                await producer.start()
                await self._publish_on(producer)
            except (KafkaError, psycopg.Error) as problem:
                _log.warning("aggregates are not published, again in %.0f s: %s", _PAUSE, problem)
                await self._changes.drop()
            finally:
                await producer.stop()
            await asyncio.sleep(_PAUSE)

    async def _publish_on(self, producer: AIOKafkaProducer) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), _AT_LEAST)
            self._due.clear()
            if not self._hold():
                await self._publish(producer)
            await asyncio.sleep(_PAUSE)

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        horizon = await self._changes.horizon()
        for table in PUBLISHED:
            if not await self._publish_one(producer, table.name, horizon):
                return

    async def _publish_one(self, producer: AIOKafkaProducer, aggregate: str, horizon: str) -> bool:
        """Publish the changes of one table, until `hold` returns true; return whether that were all."""
        while True:
            began = monotonic()
            until = await self._publish_some(producer, aggregate, horizon)
            if until is not None:
                await self._changes.published(until, aggregate)
            if until in (None, horizon):
                return True
            if self._hold():
                return False
            if self._busy():
                await asyncio.sleep(_SHARE * (monotonic() - began))

    async def _publish_some(self, producer: AIOKafkaProducer, aggregate: str, horizon: str) -> str | None:
        """Publish some whole transactions; return the last of them, None where there are none.

        An open read keeps the database from removing old rows, so it ends after a bounded number of rows.
        """
        until = None
        async with aclosing(self._changes.below(horizon, aggregate)) as pages:
            async for page in pages:
                until = horizon
                newest = page[-1].changed_in
                if whole := [change for change in page if change.changed_in != newest]:
                    await _send(producer, whole)
                    return newest
                await _send(producer, page)
                if self._hold():
                    return newest
        return until


async def _send(producer: AIOKafkaProducer, page: list[Change]) -> None:
    receipts = [receipt for change in page if (receipt := await _handed(producer, change)) is not None]
    await asyncio.gather(*receipts)


async def _handed(producer: AIOKafkaProducer, change: Change) -> asyncio.Future[object] | None:
    """Send one row; one that is too large for a record is logged as an error and left out."""
    try:
        receipt: asyncio.Future[object] = await producer.send(
            AGGREGATES.name, value=change.content.encode(), key=change.row_id.encode()
        )
    except MessageSizeTooLargeError as problem:
        _log.error("%s is not published: %s; its row in the database is right", change.row_id, problem)
        return None
    return receipt
