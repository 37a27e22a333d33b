"""The topic `tallies`: every tally as it is now, live for whoever listens; a crash publishes again, never less."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.topics import TALLIES
from streams.sinks.changes import KEYS, Change, Changes

_log = logging.getLogger(__name__)
_AT_LEAST: Final = 5.0  # seconds; with a backlog of hours this is how old a published figure gets
_PAUSE: Final = 1.0  # seconds between two rounds, good or bad
_SHARE: Final = 3  # times as long as a round takes: publishing leaves three quarters of the time to computing


class Publisher:
    """Publishes what changed, whenever it is told that a backlog is done, and every few seconds."""

    def __init__(self, kafka: str, changes: Changes, *, hold: Callable[[], bool] = lambda: False) -> None:
        """Publish nothing while `hold` says so: the past is being computed again, and would be sent row by row."""
        self._kafka = kafka
        self._hold = hold
        self._changes = changes
        self._due = asyncio.Event()

    def due(self) -> None:
        """Publish soon."""
        self._due.set()

    async def run(self) -> None:
        """Publish until cancelled; a service that does not answer is asked again, with a producer that is new."""
        while True:
            producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all", enable_idempotence=True, linger_ms=5)
            try:
                await producer.start()
                await self._keep_on(producer)
            except (KafkaError, psycopg.Error) as problem:
                _log.warning("tallies are not published, again in %.0f s: %s", _PAUSE, problem)
                await self._changes.drop()
            finally:
                await producer.stop()
            await asyncio.sleep(_PAUSE)

    async def _keep_on(self, producer: AIOKafkaProducer) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), _AT_LEAST)
            self._due.clear()
            began = monotonic()
            if not self._hold():
                await self._publish(producer)
            await asyncio.sleep(max(_PAUSE, _SHARE * (monotonic() - began)))

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        horizon = await self._changes.horizon()
        for tally in KEYS:
            sent = 0
            async for page in self._changes.below(horizon, tally):
                sent += await _send(producer, page)
            if sent:
                await self._changes.published(horizon, tally)


async def _send(producer: AIOKafkaProducer, page: list[Change]) -> int:
    receipts = [
        await producer.send(TALLIES.name, value=change.content.encode(), key=change.tally_id.encode())
        for change in page
    ]
    return len(await asyncio.gather(*receipts))
