"""The bridge assembled from its parts: session, inbox, pipeline, marks and watchdog."""

import asyncio
import logging
from datetime import datetime
from itertools import count
from typing import Final

from prometheus_client import REGISTRY

from ingest.bridge.inbox import Inbox
from ingest.bridge.marks import Marks
from ingest.bridge.pipeline import Pipeline
from ingest.bridge.ready import ReadyFile
from ingest.bridge.receptions import Receptions
from ingest.bridge.session import Session
from ingest.bridge.watchdog import Signs, Watchdog
from ingest.clock import ReceptionClock, system_time
from ingest.devices import DeviceDirectory, registered_in
from ingest.dialects.decoder import nothing_stays
from ingest.kafka_log import KafkaLog
from ingest.metrics import BridgeCollector, BridgeCounts
from ingest.packer import Packer
from ingest.seal import KeyRing
from ingest.settings import BridgeSettings

_LOG = logging.getLogger("doorfiets.ingest.bridge")
_REPORT_EVERY: Final = 60


class Bridge:
    """A running bridge; `newest` is the last `received_at` in the log, and `receptions` the last messages there.

    `directory` has the registered devices, None where no device is registered.
    """

    def __init__(
        self,
        settings: BridgeSettings,
        newest: datetime | None,
        receptions: Receptions,
        directory: DeviceDirectory | None = None,
    ) -> None:
        self._settings = settings
        self._ready = ReadyFile(settings.ready_file)
        self._receptions = receptions
        self._directory = directory
        self._devices = registered_in(directory)
        self._inbox = Inbox(2 * settings.receive_maximum)
        self._log = KafkaLog(settings.kafka, settings.client_id)
        self._session = Session(settings, self._inbox, ReceptionClock(newest), self._ready.announce)
        packer = Packer(settings.client_id, f"{system_time().timestamp() * 1000:.0f}")
        self._marks = Marks(settings, self._session.mark, self._log, packer, backlog=self._backlog)
        self._keys = KeyRing(settings.seal_keys) if settings.seal_keys else None
        self._pipeline = Pipeline(
            settings,
            self._inbox,
            self._log,
            packer,
            receptions,
            acknowledge=self._session.acknowledge,
            marked=self._marks.came_back,
            devices=self._devices,
            seal=self._keys.seal if self._keys else nothing_stays,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._turns = self._away = 0
        self._watchdog = Watchdog(settings, self._ready, self._signs)
        self._collector = BridgeCollector(self._counts)
        REGISTRY.register(self._collector)

    async def work(self) -> None:
        """Run all parts until cancelled; raise the exception of the first part that ends."""
        self._tasks = [
            asyncio.create_task(self._session.maintain(), name="mqtt"),
            asyncio.create_task(self._pipeline.send(), name="send"),
            asyncio.create_task(self._pipeline.answer(), name="answer"),
            asyncio.create_task(self._marks.send(), name="mark"),
            asyncio.create_task(self._marks.write(), name="write marks"),
            asyncio.create_task(self._report(), name="report"),
        ]
        if self._keys:
            self._tasks.append(asyncio.create_task(self._keys.forget_hourly(), name="forget keys"))
        if self._directory:
            self._tasks.append(asyncio.create_task(self._directory.follow(), name="devices"))
        ended, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()

    async def finish(self) -> None:
        """Stop receiving, deliver and acknowledge what was received, and disconnect; the broker keeps the session."""
        self._watchdog.leave()
        self._ready.withdraw()
        self._session.stop_reading()
        try:
            async with asyncio.timeout(self._settings.stop_seconds):
                await self._pipeline.finish()
        except TimeoutError:
            _LOG.warning("stopped with batches in flight; the broker keeps their messages for the next start")
        self._session.leave()

    async def close(self) -> None:
        """Cancel all tasks, remove the ready file and close the connection to Kafka."""
        REGISTRY.unregister(self._collector)
        self._watchdog.leave()
        self._ready.withdraw()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._log.close()

    def _signs(self) -> Signs:
        """Return the signs for the watchdog, which asks in a thread of its own."""
        return Signs(self._turns, self._pipeline.messages.total(), waiting=self._pipeline.waiting > 0)

    def _backlog(self) -> int:
        """Count the messages that are not acknowledged yet: in the bridge, or at the broker where it publishes that."""
        return max(self._session.broker.held or 0, self._pipeline.waiting)

    def _counts(self) -> BridgeCounts:
        """Return the counts for Prometheus, which asks in a thread of its own."""
        return BridgeCounts(
            backlog=self._backlog(),
            pending=self._pipeline.waiting,
            oldest_seconds=self._pipeline.oldest_seconds,
            acknowledged_at=self._pipeline.answered_at,
            marked_until=self._marks.written,
            kafka_answers=self._log.answers,
            connections=self._session.connection,
            held=self._session.broker.held,
            dropped=self._session.broker.dropped,
            shed=self._inbox.shed,
            again=self._receptions.again,
            devices=len(self._devices()),
            directory_age=self._directory.age_seconds if self._directory else None,
            messages=dict(self._pipeline.messages),
            rejections=dict(self._pipeline.reasons),
        )

    async def _report(self) -> None:
        before = logged = 0
        for self._turns in count(1):
            await asyncio.sleep(1)
            messages = self._pipeline.messages.total()
            self._show_ready(moved=messages != before)
            before = messages
            if self._turns % _REPORT_EVERY == 0:
                _LOG.info("acknowledged", extra={"messages": before - logged, "shed": self._inbox.shed})
                logged = before

    def _show_ready(self, *, moved: bool) -> None:
        """Touch the ready file while the bridge makes progress; remove it after `quiet_seconds` without a broker."""
        self._away = 0 if self._session.connected else self._away + 1
        if self._away > self._settings.quiet_seconds:
            self._ready.withdraw()
        elif self._session.subscribed and (moved or not self._pipeline.waiting):
            self._ready.announce()
        self._ready.repeat()
