"""Replays as a process, of which one runs at a time: what was unknown and is registered now, and what is requested."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Final

import psycopg
from prometheus_client import REGISTRY

from ingest.bridge.ready import ReadyFile
from ingest.clock import system_time
from ingest.json_log import to_stderr
from ingest.kafka_log import LogUnavailableError
from ingest.only_one import run_alone
from ingest.replay.assembly import ReplayDevicesUnknownError, Replays, replays
from ingest.replay.metrics import ReplayMetrics
from ingest.replay.replayer import Verdicts
from ingest.replay.requests import RequestReplay
from ingest.replay.settings import ReplaySettings
from schemas.replay import STORED, MessageResult

_LOG = logging.getLogger("doorfiets.ingest.replay")
_UNTIL_STORE_KNOWS: Final = 3.0  # seconds; `store` asks every second whether the registry changed
_AGAIN: Final = 2.0
_AWAY: Final = (psycopg.Error, OSError, TimeoutError, LogUnavailableError, ReplayDevicesUnknownError)


def run(settings: ReplaySettings, verdicts: Verdicts) -> None:
    """Run until SIGTERM or SIGINT; exit with code 75 when another one runs. `verdicts` say what `store` would do."""
    to_stderr(settings.log_level)
    assert settings.lock_file is not None  # noqa: S101 - the process has one, a command has not
    run_alone(partial(_work, settings, verdicts), settings.lock_file, "a replay", _LOG)


async def _work(settings: ReplaySettings, verdicts: Verdicts) -> None:
    """Open all that is needed, and again where that fails."""
    ready = ReadyFile(settings.ready_file)
    metrics = ReplayMetrics(REGISTRY)
    try:
        while True:
            with suppress(ReplayDevicesUnknownError):
                async with replays(settings, verdicts) as parts, asyncio.TaskGroup() as tasks:
                    tasks.create_task(RegisteredReplay(parts, settings, metrics).work(ready), name="registered")
                    tasks.create_task(_requests(RequestReplay(parts, metrics), parts, settings), name="requests")
            await asyncio.sleep(_AGAIN)
    finally:
        ready.withdraw()


class RegisteredReplay:
    """Replays what is registered now, whenever the registry changes."""

    def __init__(self, parts: Replays, settings: ReplaySettings, metrics: ReplayMetrics) -> None:
        self._parts = parts
        self._settings = settings
        self._metrics = metrics
        self._state: str | None = None
        self._changed_at: float | None = None
        self._looked_at = monotonic()

    async def work(self, ready: ReadyFile) -> None:
        """Look until cancelled; what fails as a service is away is done again at the next look."""
        while True:
            if await _tried(self.look, self._parts):
                ready.announce()
            await asyncio.sleep(self._settings.look_seconds)

    async def look(self) -> None:
        """Replay everything after a change of the registry, once `store` knows it; else what was refused since."""
        await self._parts.directory.looked_up()
        now, state = monotonic(), self._parts.directory.state
        if state != self._state:
            self._state, self._changed_at = state, now
        if self._changed_at is not None and now - self._changed_at >= _UNTIL_STORE_KNOWS:
            await self._replay(untried=False)
            if self._parts.directory.state == state:
                self._changed_at = None
        elif self._changed_at is None and now - self._looked_at >= self._settings.again_seconds:
            await self._replay(untried=True)

    async def _replay(self, *, untried: bool) -> None:
        published = await self._parts.sources.replay_registered()
        self._metrics.count_readings(published)
        summary = await self._parts.rejections.replay_registered(self._count, untried=untried)
        self._looked_at = monotonic()
        self._metrics.rounds.set(system_time().timestamp())
        if published or summary.readings:
            _LOG.info(
                "published what was unknown and is registered now",
                extra={
                    "messages": summary.outcomes.get(STORED, 0),
                    "readings": summary.readings,
                    "of_sources": published,
                },
            )

    def _count(self, result: MessageResult) -> None:
        if result.readings:
            self._metrics.count(result)


async def _requests(requests: RequestReplay, parts: Replays, settings: ReplaySettings) -> None:
    async def report() -> None:
        while True:
            await asyncio.sleep(_AGAIN)
            await _tried(requests.report, parts)

    reporting = asyncio.create_task(report(), name="report")
    try:
        while True:
            await _tried(requests.carry_out_next, parts)
            await asyncio.sleep(settings.look_seconds)
    finally:
        reporting.cancel()


async def _tried(act: Callable[[], Awaitable[object]], parts: Replays) -> bool:
    """Return whether something succeeded; where a service is away that is logged, and its connection closed."""
    try:
        await act()
    except _AWAY as problem:
        _LOG.warning("not replayed, tried again in a moment", extra={"problem": str(problem).strip()[:300]})
        with suppress(*_AWAY):
            await parts.database.close()
        return False
    return True
