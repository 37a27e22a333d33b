"""Watermarks of the intake: published through the broker, behind all that is queued there, and written into the log."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.bridge.pipeline import FrameLog
from ingest.clock import system_time
from ingest.packer import Packer
from ingest.settings import BridgeSettings
from schemas.topics import OBSERVATIONS
from schemas.watermark import Watermark

_LOG = logging.getLogger("doorfiets.ingest.marks")
_PATIENCE: Final = 5.0  # seconds to wait for one mark before the next is sent
_AHEAD: Final = timedelta(seconds=1)


class Marks:
    """Publishes the present time with `publish(payload)`, false where it could not, and writes what came back.

    Each mark also holds `backlog()`: the messages that are not acknowledged yet.

    A mark that came back proves that everything published before it has been received, whichever run of the bridge
    published it. `written` is the newest that Kafka holds.
    """

    def __init__(
        self,
        settings: BridgeSettings,
        publish: Callable[[bytes], bool],
        log: FrameLog,
        packer: Packer,
        *,
        backlog: Callable[[], int],
        now: Callable[[], datetime] = system_time,
    ) -> None:
        self._settings = settings
        self._publish = publish
        self._backlog = backlog
        self._log = log
        self._packer = packer
        self._now = now
        self._back = asyncio.Event()
        self._newer = asyncio.Event()
        self._newest = datetime.min.replace(tzinfo=UTC)
        self.written: datetime | None = None

    async def send(self) -> None:
        """Publish a mark each `mark_seconds` until cancelled, and wait a while for one that is under way."""
        while True:
            await asyncio.sleep(self._settings.mark_seconds)
            self._back.clear()
            if self._publish(self._now().isoformat().encode()):
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PATIENCE):
                        await self._back.wait()

    def came_back(self, payload: bytes) -> None:
        """Take a mark when Kafka holds all that came before it; log and drop a payload that is no time in the past."""
        published, latest = _stamp(payload), self._now() + _AHEAD
        if published is None or published > latest:
            _LOG.warning("a mark is no time in the past, somebody else wrote it", extra={"bytes": len(payload)})
            return
        self._back.set()
        if published > self._newest or self._newest > latest:  # the clock was wrong, and is not any more
            self._newest = published
            self._newer.set()

    async def write(self) -> None:
        """Write the newest mark that came back into every partition of the observations, until cancelled."""
        while True:
            await self._newer.wait()
            self._newer.clear()
            mark = Watermark(self._settings.client_id, self._newest, self._backlog())
            parts = {partition: [mark] for partition in range(self._settings.partitions)}
            await self._log.deliver(list(self._packer.pack(OBSERVATIONS.name, parts)))
            self.written = mark.published_until


def _stamp(payload: bytes) -> datetime | None:
    """Parse an RFC 3339 time as UTC; None when it is none."""
    try:
        stamp = datetime.fromisoformat(payload.decode("ascii"))
        return stamp.astimezone(UTC) if stamp.tzinfo else None
    except (ValueError, OverflowError):
        return None
