"""Delivery of frames to Kafka, in order and with retries; when a producer fails, all its deliveries go to the next."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from aiokafka.errors import KafkaError

from ingest.packer import Addressed
from ingest.pause import LOG_AGAIN_AFTER, pause
from ingest.producer import Delivery, Producer
from schemas.failures import ServiceMissingError

_LOG = logging.getLogger("doorfiets.ingest.kafka")
_LOOK: Final = 1.0
_PATIENCE: Final = 15  # looks; longer than the timeout of a request, so that one lost answer does not count


class LogUnavailableError(ServiceMissingError):
    """Kafka did not take the frames; start Kafka and deliver them again, doing it twice is safe."""


class KafkaLog:
    """Delivers frames at least once: idempotent producer, acknowledged by all replicas, partition chosen by the caller.

    One producer at a time carries all deliveries. When it fails, or Kafka acknowledges nothing to it for 15 seconds,
    what is missing of all of them is offered to the next one, oldest first: for ever, or `attempts` times in a row
    without any progress.
    """

    def __init__(self, address: str, client_id: str, attempts: int | None = None) -> None:
        self._attempts = attempts
        self._address = address
        self._client_id = client_id
        self._waiting: dict[Delivery, None] = {}  # in the order in which they came
        self._unoffered: deque[Delivery] = deque()
        self._came = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self.answers = False

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Return when Kafka holds every frame; while it does not answer, try again and log it once a minute.

        Raises LogUnavailableError when the attempts are used up. Who is cancelled may or may not have delivered them.
        """
        delivery = Delivery(frames)
        self._waiting[delivery] = None
        self._unoffered.append(delivery)
        self._came.set()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._deliver_all(), name="kafka")
            self._work.add_done_callback(self._ended)
        try:
            await delivery.held
        except asyncio.CancelledError:
            with suppress(ValueError):  # where it was offered already it cannot be taken back
                self._unoffered.remove(delivery)
            raise
        finally:
            self._waiting.pop(delivery, None)

    async def close(self) -> None:
        """Close the connection; deliveries that are not acknowledged fail."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _deliver_all(self) -> None:
        """Offer all deliveries to one producer after the other, until cancelled."""
        attempt = 0
        while True:
            if not self._waiting:
                self._came.clear()
                await self._came.wait()
            producer = Producer(self._address, self._client_id)
            try:
                await producer.start()
                await self._feed(producer, attempt)
            except (KafkaError, OSError) as problem:
                attempt = self._failed(0 if producer.held else attempt, problem)
            finally:
                self.answers = False
                await producer.end()
            await asyncio.sleep(pause(attempt - 1) if attempt else 0)

    async def _feed(self, producer: Producer, attempt: int) -> None:
        """Offer the deliveries that wait and those that come; raise what ends the producer."""
        self._unoffered = deque(self._waiting)
        offering = asyncio.create_task(self._offer(producer), name="offer")
        held = silent = 0
        try:
            while silent < _PATIENCE:
                await asyncio.wait((offering, producer.failed), timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
                for ended in (offering, producer.failed):
                    if ended.done():
                        ended.result()
                silent = silent + 1 if self._waiting and producer.held == held else 0
                held = producer.held
                self._note_answer(attempt, held)
        finally:
            offering.cancel()
            await asyncio.gather(offering, return_exceptions=True)
        raise TimeoutError(f"nothing was acknowledged for {_PATIENCE * _LOOK:.0f} s")

    async def _offer(self, producer: Producer) -> None:
        while True:
            while self._unoffered:
                await producer.offer(self._unoffered.popleft())
            self._came.clear()
            await self._came.wait()

    def _failed(self, attempt: int, problem: Exception) -> int:
        """Count a failed attempt; after the last one let all deliveries fail, and count from 0 for the next."""
        if self._attempts and attempt + 1 >= self._attempts:
            self._fail(self._unavailable(problem))
            return 0
        if attempt % LOG_AGAIN_AFTER == 0:
            self._log_problem(problem)
        return attempt + 1

    def _note_answer(self, attempt: int, held: int) -> None:
        if held and not self.answers:
            self.answers = True
            if attempt:
                _LOG.info("kafka answers again", extra={"kafka": self._address, "attempts": attempt})

    def _ended(self, work: asyncio.Task[None]) -> None:
        """Let the deliveries fail that are left when the task ends."""
        problem = None if work.cancelled() else work.exception()
        self._fail(problem or LogUnavailableError("the connection to Kafka was closed"))

    def _fail(self, problem: BaseException) -> None:
        for delivery in self._waiting:
            delivery.fail(problem)
        self._waiting.clear()

    def _unavailable(self, problem: Exception) -> LogUnavailableError:
        return LogUnavailableError(
            f"Kafka at {self._address} does not take frames ({problem!r}); start it and try again"
        )

    def _log_problem(self, problem: Exception) -> None:
        _LOG.error(
            "kafka does not take frames; nothing is acknowledged meanwhile, the broker keeps the messages. "
            "Start Kafka, free its disk, or correct DOORFIETS_KAFKA; the bridge goes on by itself",
            extra={"kafka": self._address, "problem": repr(problem)},
        )
