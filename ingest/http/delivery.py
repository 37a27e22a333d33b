"""A message on its way into the log, with a bound on the wait: while Kafka is away one at a time tries it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Final, TypeAlias

from ingest.http.metrics import IntakeMetrics
from ingest.http.problems import unavailable
from ingest.intake import Message
from ingest.kafka_log import LogUnavailableError
from ingest.settings import IntakeSettings
from schemas.rejection import Rejection

Take: TypeAlias = Callable[[Sequence[Message]], Awaitable[list[Rejection | None]]]
"""Returns when Kafka holds messages: of each its rejection, None where it was decoded."""

_LOOK_SECONDS: Final = 2.0


class MessageDelivery:
    """Hands messages to the log; `answers` says whether it took the last one."""

    def __init__(self, take: Take, settings: IntakeSettings, metrics: IntakeMetrics) -> None:
        """Deliver with a function, `Intake.take` as a rule."""
        self._take, self._settings, self._metrics = take, settings, metrics
        self._under_way = 0
        self.answers = True

    async def deliver(self, message: Message) -> Rejection | None:
        """Return when Kafka holds a message: its rejection, None where it was decoded.

        Raises ProblemError (503) where that takes too long: it may or may not be held then, or later.
        """
        if not self.answers and self._under_way:
            raise self._unavailable()
        began = perf_counter()
        self._under_way += 1
        try:
            async with asyncio.timeout(self._settings.kafka_seconds):
                (refused,) = await self._take([message])
        except (TimeoutError, LogUnavailableError) as problem:
            self.answers = False
            self._metrics.unavailable()
            raise self._unavailable() from problem
        finally:
            self._under_way -= 1
        self.answers = True
        self._metrics.held(refused.reason if refused else None, perf_counter() - began)
        return refused

    async def reaches_kafka(self) -> bool:
        """Return whether Kafka's port answers within two seconds."""
        host, _, port = self._settings.kafka.rpartition(":")
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                _, writer = await asyncio.open_connection(host, int(port))
        except OSError:  # TimeoutError is one
            return False
        writer.close()
        return True

    def _unavailable(self) -> Exception:
        return unavailable(
            "the log does not take messages now; it may or may not be stored", self._settings.retry_seconds
        )
