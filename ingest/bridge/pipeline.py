"""From the inbox to Kafka and back: several batches in flight, acknowledgements strictly in order."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Protocol

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival, Inbox
from ingest.bridge.receptions import Receptions
from ingest.framing import Addressed, Packer
from ingest.settings import BridgeSettings
from schemas.topics import watermark_topic


class Log(Protocol):
    """What holds frames: `ingest.kafka_log.KafkaLog`."""

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Return when every frame is held."""


class Pipeline:
    """Makes batches, delivers them, and answers in order, once Kafka holds a batch and all before it.

    `marked(payload)` is called with each mark of ours that came in it, then `acknowledge(connection, mids)`.
    """

    def __init__(
        self,
        settings: BridgeSettings,
        inbox: Inbox,
        log: Log,
        packer: Packer,
        receptions: Receptions,
        *,
        acknowledge: Callable[[int, list[int]], None],
        marked: Callable[[bytes], None],
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._log = log
        self._packer = packer
        self._receptions = receptions
        self._acknowledge = acknowledge
        self._marked = marked
        self._mark_topic = watermark_topic(settings.client_id)
        self._room = asyncio.Semaphore(settings.batches_in_flight)
        self._delivering: asyncio.Queue[tuple[list[Arrival], asyncio.Task[None]]] = asyncio.Queue()
        self._unanswered = 0
        self.messages = 0

    @property
    def waiting(self) -> bool:
        """Tell whether any message has not been acknowledged yet."""
        return bool(self._unanswered) or self._inbox.waiting > 0

    async def send(self) -> None:
        """Make batches of what arrives, until cancelled."""
        while True:
            await self._room.acquire()
            self._start(await self._inbox.take(self._settings.batch_messages, self._settings.batch_seconds))

    async def answer(self) -> None:
        """Acknowledge delivered batches in order, until cancelled."""
        while True:
            arrivals, delivery = await self._delivering.get()
            await delivery
            self._room.release()
            self._unanswered -= len(arrivals)
            for one in arrivals:
                if one.topic == self._mark_topic:
                    self._marked(one.payload)
            for connection, those in groupby(arrivals, key=lambda one: one.connection):
                self._acknowledge(connection, [one.mid for one in those if one.mid])
            self.messages += len(arrivals)
            self._delivering.task_done()

    async def finish(self) -> None:
        """Send what still waits in the inbox, and return when everything in flight is acknowledged."""
        while arrivals := self._inbox.take_now(self._settings.batch_messages):
            self._start(arrivals)
        await self._delivering.join()

    def _start(self, arrivals: list[Arrival]) -> None:
        if arrivals:
            self._unanswered += len(arrivals)
            readings = [one for one in arrivals if one.topic != self._mark_topic]
            frames = frames_of(readings, self._packer, self._settings.partitions, self._receptions)
            self._delivering.put_nowait((arrivals, asyncio.create_task(self._log.deliver(frames), name="deliver")))
        else:
            self._room.release()
