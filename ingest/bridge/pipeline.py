"""From the inbox to Kafka and back: several batches in flight, acknowledgements strictly in order."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from time import monotonic
from typing import NamedTuple, Protocol

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival, Inbox
from ingest.bridge.receptions import Receptions
from ingest.clock import system_time
from ingest.dialects.decoder import Seal, nothing_stays
from ingest.metrics import reasons_of
from ingest.packer import Addressed, Packer
from ingest.settings import BridgeSettings
from schemas.topics import watermark_topic


class FrameLog(Protocol):
    """A log that holds frames: `ingest.kafka_log.KafkaLog`."""

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Return when every frame is held."""


class Batch(NamedTuple):
    """Messages that are being delivered to Kafka since `started` (monotonic seconds).

    `marks` are the payloads of the bridge's own marks, `reasons` counts the rejections by reason.
    """

    arrivals: list[Arrival]
    marks: list[bytes]
    reasons: Counter[str]
    started: float
    delivery: asyncio.Task[None]


class Pipeline:
    """Makes batches, delivers them, and acknowledges in order, once Kafka holds a batch and all before it.

    `marked(payload)` is called for each of the bridge's own marks in it, then `acknowledge(connection, mids)`.
    `seal` makes what stays of a message that cannot be parsed.
    `messages` counts the acknowledged ones by outcome, `reasons` the rejections by reason.
    """

    answered_at: datetime | None = None

    def __init__(
        self,
        settings: BridgeSettings,
        inbox: Inbox,
        log: FrameLog,
        packer: Packer,
        receptions: Receptions,
        *,
        acknowledge: Callable[[int, list[int]], None],
        marked: Callable[[bytes], None],
        seal: Seal = nothing_stays,
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._log = log
        self._packer = packer
        self._receptions = receptions
        self._acknowledge = acknowledge
        self._marked = marked
        self._seal = seal
        self._mark_topic = watermark_topic(settings.client_id)
        self._room = asyncio.Semaphore(settings.batches_in_flight)
        self._delivering: asyncio.Queue[Batch] = asyncio.Queue()
        self._unanswered: deque[Batch] = deque()
        self.messages: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Count the messages that have not been acknowledged yet."""
        return sum(len(batch.arrivals) for batch in tuple(self._unanswered)) + self._inbox.waiting

    @property
    def oldest_seconds(self) -> float:
        """Return the seconds for which the oldest batch has waited for Kafka; 0 where none waits."""
        waiting = tuple(self._unanswered)
        return monotonic() - waiting[0].started if waiting else 0.0

    async def send(self) -> None:
        """Make batches of what arrives, until cancelled."""
        while True:
            await self._room.acquire()
            self._start(await self._inbox.take(self._settings.batch_messages, self._settings.batch_seconds))

    async def answer(self) -> None:
        """Acknowledge delivered batches in order, until cancelled."""
        while True:
            batch = await self._delivering.get()
            await batch.delivery
            self._room.release()
            for mark in batch.marks:
                self._marked(mark)
            for connection, those in groupby(batch.arrivals, key=lambda one: one.connection):
                self._acknowledge(connection, [one.mid for one in those if one.mid])
            self._count(batch)
            self._delivering.task_done()

    async def finish(self) -> None:
        """Deliver what is left in the inbox, and return when everything in flight is acknowledged."""
        while arrivals := self._inbox.take_now(self._settings.batch_messages):
            self._start(arrivals)
        await self._delivering.join()

    def _start(self, arrivals: list[Arrival]) -> None:
        if arrivals:
            marks = [one.payload for one in arrivals if one.topic == self._mark_topic]
            readings = [one for one in arrivals if one.topic != self._mark_topic] if marks else arrivals
            frames = frames_of(readings, self._packer, self._settings.partitions, self._receptions, seal=self._seal)
            delivery = asyncio.create_task(self._log.deliver(frames), name="deliver")
            batch = Batch(arrivals, marks, reasons_of(frames), monotonic(), delivery)
            self._unanswered.append(batch)
            self._delivering.put_nowait(batch)
        else:
            self._room.release()

    def _count(self, batch: Batch) -> None:
        self._unanswered.popleft()
        marks, refused = len(batch.marks), batch.reasons.total()
        self.reasons.update(batch.reasons)
        self.messages.update(marks=marks, refused=refused, decoded=len(batch.arrivals) - marks - refused)
        self.answered_at = system_time()
