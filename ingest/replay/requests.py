"""Requests for replays, as the console makes them: carried out one after the other, with a result per message."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias

import msgspec
import psycopg

from ingest.kafka_log import LogUnavailableError
from ingest.replay.assembly import Replays
from ingest.replay.metrics import ReplayMetrics
from ingest.replay.refused_messages import PAGE, WaitingRequest
from ingest.replay.replayer import Tell
from schemas.replay import MOST_RESULTS, SAME, MessageResult, RawSelection, RejectionSelection, ReplaySummary

_LOG = logging.getLogger("doorfiets.ingest.replay")
_ATTEMPTS: Final = 3

Act: TypeAlias = Callable[[Tell], Awaitable[ReplaySummary]]


class RequestReplay:
    """Carries out what table `replay_request` holds."""

    def __init__(self, parts: Replays, metrics: ReplayMetrics) -> None:
        self._parts = parts
        self._metrics = metrics
        self._request = self._done = 0
        self._results: list[MessageResult] = []

    async def carry_out_next(self) -> bool:
        """Carry out the oldest request; return whether there was one.

        One that a process did not end is begun again: what it published is not open any more. After three attempts it
        has failed; those for which Kafka was away do not count.
        """
        database = self._parts.database
        waiting = await database.next_request()
        if waiting is None:
            return False
        self._request, self._done, self._results = waiting.request, 0, []
        if waiting.attempts >= _ATTEMPTS:
            problem = f"begun {waiting.attempts} times, and never brought to an end; see the log of process `replay`"
            await database.end(waiting.request, "failed", ReplaySummary(), [], problem)
            return True
        await database.begin(waiting.request)
        try:
            summary = await self._carry_out(waiting)
        except LogUnavailableError:
            await database.put_back(waiting.request)
            raise
        except (msgspec.MsgspecError, ValueError, psycopg.errors.QueryCanceled) as problem:
            _LOG.error("a request cannot be carried out", extra={"request": waiting.request, "problem": str(problem)})
            await database.end(waiting.request, "failed", ReplaySummary(), [], str(problem)[:500])
        else:
            state = "stopped" if summary.stopped and not (waiting.anyway or waiting.dry_run) else "done"
            await database.end(waiting.request, state, summary, self._results)
        finally:
            self._request = 0
        return True

    async def _carry_out(self, waiting: WaitingRequest) -> ReplaySummary:
        if waiting.kind == "raw":
            raw, received = self._parts.raw, msgspec.json.decode(waiting.selection, type=RawSelection)
            return await self._tried_first(waiting, partial(raw.preview, received), partial(raw.replay, received))
        replay, refused = self._parts.rejections, msgspec.json.decode(waiting.selection, type=RejectionSelection)
        if not refused.names_any:
            raise ValueError("the selection names nothing")
        return await self._tried_first(waiting, partial(replay.preview, refused), partial(replay.replay, refused))

    async def _tried_first(self, waiting: WaitingRequest, preview: Act, replay: Act) -> ReplaySummary:
        """Publish nothing where that was not asked for, or where most is refused again."""
        summary = await preview(self._tell)
        if waiting.dry_run or (summary.stopped and not waiting.anyway):
            return summary
        self._done, self._results = 0, []
        return await replay(self._tell_published)

    def _tell_published(self, result: MessageResult) -> None:
        self._metrics.count(result)
        self._tell(result)

    def _tell(self, result: MessageResult) -> None:
        self._done += 1
        if len(self._results) < MOST_RESULTS and result.outcome != SAME:
            self._results.append(result)

    async def report(self) -> None:
        """Note how far the request is that is being carried out."""
        if self._request and self._done >= PAGE:
            await self._parts.database.progress(self._request, self._done)
