"""Role `tally`: as long as something is dirty, recompute; then wait for a hint, or a second."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg

from streams.sinks.tallies import Ledger

_log = logging.getLogger(__name__)
_BUCKETS: Final = 4000  # of one round: `keep` waits at most some hundred milliseconds for a mark that we hold
_SMALLER: Final = 10  # times, after a round that the database refused: what is too much at once may do in parts
_TIMER: Final = 1.0  # seconds; hints may be lost
_BREATH: Final = 0.2  # seconds after a round that was not full: what comes meanwhile shares the cost of the next one


class Tallier:
    """The loop that recomputes."""

    def __init__(self, ledger: Ledger, *, made: Callable[[], None], done: Callable[[], None]) -> None:
        """Call `made` after every step that succeeded, `done` whenever a backlog has been worked off."""
        self._ledger = ledger
        self._made = made
        self._done = done
        self._hint = asyncio.Event()
        self._behind = False
        self._buckets = _BUCKETS

    def wake(self) -> None:
        """Hear that something changed."""
        self._hint.set()

    def behind(self) -> bool:
        """Tell whether a round is under way or was refused: until one succeeds there may be work that nobody does."""
        return self._behind

    async def run(self) -> None:
        """Work until cancelled; while the database does not answer, ask again, for less."""
        while True:
            try:
                self._behind = True
                await self._work_off()
                self._behind = False
            except psycopg.Error as problem:
                self._buckets = max(1, self._buckets // _SMALLER)
                _log.warning("database refused, again in %.0f s: %s", _TIMER, str(problem).strip())
                await self._ledger.drop()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hint.wait(), _TIMER)

    async def _work_off(self) -> None:
        self._hint.clear()
        worked = False
        while await self._ledger.alone() and (taken := await self._round()):
            worked = True
            if taken < _BUCKETS:
                await asyncio.sleep(_BREATH)
        self._made()
        if worked:
            self._done()

    async def _round(self) -> int:
        """Recompute what is dirty; where that is little, reckon some figures that are due beside it."""
        taken = await self._ledger.round(self._buckets)
        self._made()
        self._buckets = min(_BUCKETS, self._buckets * 2)
        return taken + await self._ledger.reckon() if taken < _BUCKETS else taken
