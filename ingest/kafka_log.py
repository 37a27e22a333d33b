"""The log: frames go into Kafka, however often it has to be tried; a producer that failed is thrown away."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ingest.framing import Addressed
from ingest.pause import SAY_AGAIN_AFTER, pause

_LOG = logging.getLogger("doorfiets.ingest.kafka")


class LogUnavailableError(Exception):
    """Kafka did not take the frames; nothing is lost that was not offered, so start Kafka and offer it again."""


class KafkaLog:
    """Delivers frames at least once: idempotent producer, acknowledged by all replicas, partition named by us.

    It tries for ever, or `attempts` times.
    """

    def __init__(self, address: str, client_id: str, attempts: int | None = None) -> None:
        self._attempts = attempts
        self._address = address
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._one_at_a_time = asyncio.Lock()

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Return when Kafka holds every frame; while it does not answer, try again and say so once a minute.

        Raises LogUnavailableError when the attempts are used up.
        """
        for attempt in count():
            producer = self._producer
            try:
                producer = producer or await self._started()
                await self._send(producer, frames)
            except (KafkaError, OSError) as problem:
                await self._discard(producer)
                if self._attempts and attempt + 1 >= self._attempts:
                    raise LogUnavailableError(
                        f"Kafka at {self._address} does not take frames ({problem}); start it and try again"
                    ) from problem
                self._complain(attempt, problem)
                await asyncio.sleep(pause(attempt))
            else:
                if attempt:
                    _LOG.info("kafka answers again", extra={"kafka": self._address, "attempts": attempt})
                return

    async def close(self) -> None:
        """Let go of the connection; what was not acknowledged is nobody's promise."""
        await self._discard(self._producer)

    async def _send(self, producer: AIOKafkaProducer, frames: Sequence[Addressed]) -> None:
        waiting = [
            await producer.send(one.topic, one.frame.value, partition=one.partition, headers=one.frame.headers)
            for one in frames
        ]
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    async def _started(self) -> AIOKafkaProducer:
        async with self._one_at_a_time:
            if self._producer is None:
                producer = AIOKafkaProducer(bootstrap_servers=self._address, client_id=self._client_id, **_SETTINGS)
                try:
                    await producer.start()
                except BaseException:
                    await _stop(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _discard(self, producer: AIOKafkaProducer | None) -> None:
        if producer is not None and producer is self._producer:
            self._producer = None
            await _stop(producer)

    def _complain(self, attempt: int, problem: Exception) -> None:
        if attempt % SAY_AGAIN_AFTER == 0:
            _LOG.error(
                "kafka does not take frames; nothing is acknowledged meanwhile, the broker keeps the messages. "
                "Start Kafka, free its disk, or correct DOORFIETS_KAFKA; the bridge goes on by itself",
                extra={"kafka": self._address, "problem": repr(problem)},
            )


async def _stop(producer: AIOKafkaProducer) -> None:
    with suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(1.0):
            await producer.stop()
    with suppress(KafkaError, OSError):
        await producer.client.close()


_SETTINGS: Final[dict[str, Any]] = {
    "enable_idempotence": True,
    "acks": "all",
    "compression_type": "lz4",
    "linger_ms": 0,  # frames are batches already
    "max_batch_size": 1_000_000,  # one frame of schemas.frames.MAX_BYTES fits
    "request_timeout_ms": 10_000,
}
