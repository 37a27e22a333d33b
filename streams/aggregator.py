"""The loop of role `aggregate`: recompute while there is work, then wait for a hint or a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Final

import psycopg

from streams.pace import Pace
from streams.sinks.aggregation.aggregate_store import AggregateStore

_log = logging.getLogger(__name__)
_BUCKETS: Final = 4000  # of one round: `store` waits some hundred milliseconds at most for a mark that the round holds
_DAYS: Final = 31  # of one piece of a rebuild
_PIECE: Final = 1.0  # seconds that a piece should take, as live aggregates wait for it
_APART: Final = 600.0  # seconds without rounds of whole late days after one was refused
_TIMER: Final = 1.0  # seconds; hints may be lost
_BREATH: Final = 0.2  # seconds between the starts of two steps, to collect marks for the next one


class Aggregator:
    """Runs the steps of recomputing, with sizes that follow from their times and failures."""

    def __init__(
        self,
        aggregate_store: AggregateStore,
        *,
        made: Callable[[], None],
        done: Callable[[], None],
        took: Callable[[str, int, float], None] = lambda *_: None,
    ) -> None:
        """Call `made` after every successful step, and `done` whenever a backlog is finished.

        `took` receives for each round its kind, the number of buckets or days, and its seconds.
        """
        self._aggregate_store = aggregate_store
        self._made = made
        self._done = done
        self._took = took
        self._hint = asyncio.Event()
        self._behind = False
        self._rounds = Pace(_BUCKETS, _BUCKETS)
        self._pieces = Pace(1, _DAYS)
        self._going: Pace | None = None
        self._compute_at = 0.0
        self._whole_at = 0.0
        self._rebuilding = self._busy = False

    def wake(self) -> None:
        """Start the next step now."""
        self._hint.set()

    def behind(self) -> bool:
        """Return whether a step runs or was refused: then there may be work that is not done."""
        return self._behind

    def rebuilding(self) -> bool:
        """Return whether a rebuild is in progress."""
        return self._rebuilding

    def busy(self) -> bool:
        """Return whether the last step had late or rebuilt days, or indicators are being computed."""
        return self._busy

    async def run(self) -> None:
        """Run until cancelled; after a failure of the database try again, with smaller steps."""
        while True:
            try:
                self._behind = True
                await self._work_off()
                self._behind = False
            except psycopg.Error as problem:
                await self._refused(problem)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hint.wait(), _TIMER)

    async def _work_off(self) -> None:
        self._hint.clear()
        worked = False
        while await self._aggregate_store.alone() and await self._step():
            worked = True
        self._made()
        if worked:
            self._done()

    async def _step(self) -> bool:
        """Recompute newest and late hours, a piece of a rebuild and due indicators; return whether there were any."""
        began = monotonic()
        taken = await self._round("newest", self._aggregate_store.round)
        late = await self._late() if taken else 0
        days = await self._rebuild(wide=not taken)
        places = 0 if late or days else await self._compute(busy=bool(taken))
        self._busy = bool(late or days or places)
        if taken and not days:
            await asyncio.sleep(max(0.0, _BREATH + began - monotonic()))
        return bool(taken or late or days or places)

    async def _late(self) -> int:
        """Recompute late marks, as whole days where they lie close, unless days were refused recently."""
        if monotonic() > self._whole_at and (days := await self._days("late_days", self._aggregate_store.late_days)):
            return days
        return await self._round("late", self._aggregate_store.late_round)

    async def _round(self, of: str, recompute: Callable[[int], Awaitable[int]]) -> int:
        self._going, began = self._rounds, monotonic()
        taken = await recompute(self._rounds.size)
        self._took(of, taken, monotonic() - began)
        self._rounds.well()
        self._made()
        return taken

    async def _compute(self, *, busy: bool) -> int:
        """Compute due indicators, while `busy` in a fifth of the time at most; return the number of places."""
        self._going, began = None, monotonic()
        if busy and began < self._compute_at:
            return 0
        places = await self._aggregate_store.compute()
        self._compute_at = monotonic() + 4 * (monotonic() - began)
        return places

    async def _rebuild(self, *, wide: bool) -> int:
        days = await self._days("rebuild", lambda size: self._aggregate_store.pieces(size, wide=wide))
        self._rebuilding = days > 0
        return days

    async def _days(self, of: str, recompute: Callable[[int], Awaitable[int]]) -> int:
        self._going, began = self._pieces, monotonic()
        days = await recompute(self._pieces.size)
        self._took(of, days, monotonic() - began)
        if days:
            self._pieces.well(room=_PIECE / (monotonic() - began))
        self._made()
        return days

    async def _refused(self, problem: psycopg.Error) -> None:
        _log.warning("database refused, again in %.0f s: %s", _TIMER, str(problem).strip())
        await self._aggregate_store.drop()
        if self._going is not None:
            self._going.refused(
                counts=not isinstance(problem, psycopg.OperationalError)
            )  # OperationalError is about the server
        if self._going is self._pieces:
            self._whole_at = monotonic() + _APART
        if self._going is not None and self._going.hopeless:
            with suppress(psycopg.Error):  # it is tried again then
                await self._give_up(str(problem).strip())

    async def _give_up(self, problem: str) -> None:
        """Set aside the bucket that cannot be computed, or split the days that hold it."""
        if not await self._aggregate_store.alone():
            return
        if self._going is self._pieces:
            await self._aggregate_store.scatter()
        elif bucket := await self._aggregate_store.set_aside(problem):
            _log.error(
                "datastream %d at %s cannot be computed and is set aside in table `failed_hour`: %s; correct the "
                "cause, then"
                " restart `aggregate` or `doorfiets rebuild` that day",
                bucket.datastream,
                bucket.hour.isoformat(),
                problem,
            )
        self._made()
