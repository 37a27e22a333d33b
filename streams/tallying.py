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
_TIMER: Final = 1.0  # seconds; hints may be lost
_BREATH: Final = 0.2  # seconds after a round that was not full: what comes meanwhile shares the cost of the next one


class Tallier:
    """The loop that recomputes."""

    def __init__(self, ledger: Ledger, *, made: Callable[[], None], done: Callable[[], None]) -> None:
        """Call `made` after every step, `done` whenever a backlog has been worked off."""
        self._ledger = ledger
        self._made = made
        self._done = done
        self._hint = asyncio.Event()

    def wake(self) -> None:
        """Hear that something changed."""
        self._hint.set()

    async def run(self) -> None:
        """Work until cancelled; while the database does not answer, ask again."""
        while True:
            try:
                await self._work_off()
            except psycopg.Error as problem:
                _log.warning("database refused, again in %.0f s: %s", _TIMER, str(problem).strip())
                await self._ledger.drop()
            self._made()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hint.wait(), _TIMER)

    async def _work_off(self) -> None:
        self._hint.clear()
        worked = False
        while await self._ledger.alone() and (taken := await self._ledger.round(_BUCKETS)):
            self._made()
            worked = True
            if taken < _BUCKETS:
                await asyncio.sleep(_BREATH)
        if worked:
            self._done()
