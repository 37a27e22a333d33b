"""One heartbeat for all open pages: it looks once a second whether numbers moved, draws once, and tells everyone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from opendata.database import Database, DatabaseUnavailableError
from opendata.read import states
from opendata.rounds import repeat
from opendata.settings import WebSettings

_LOOK_EVERY: Final = 1.0  # seconds: numbers move at most this often
_BEAT_EVERY: Final = 20.0  # seconds between signs of life on a quiet stream
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Fragment:
    """Drawn parts of pages, by part and locale, and the revision of the data that all of them show."""

    revision: str
    html: Mapping[str, str]


Draw = Callable[[], Awaitable[Mapping[str, str]]]


class ChangeFeed:
    """Draws the fragment of each new revision while there are listeners; has no task while there are none."""

    def __init__(self, store: Database, settings: WebSettings) -> None:
        """Take the store to watch."""
        self._store, self._settings = store, settings
        self._moved = asyncio.Condition()
        self._latest: Fragment | None = None
        self._listeners = 0
        self._watch: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """Count the open streams."""
        return self._listeners

    @property
    def full(self) -> bool:
        """Tell whether all places are taken; a page then asks again by itself every minute."""
        return self._listeners >= self._settings.live_connections

    async def listen(self, draw: Draw, seen: str | None = None) -> AsyncIterator[Fragment | None]:
        """Yield each new fragment, and None as a sign of life; a fragment already `seen` is not sent again."""
        self._listeners += 1
        try:
            self._start(draw)
            while True:
                fragment = await self._after(seen)
                seen = fragment.revision if fragment else seen
                yield fragment
        finally:
            self._listeners -= 1
            if not self._listeners:
                await self.stop()

    async def stop(self) -> None:
        """Stop the task, and drop the last fragment, so that the next listener gets a new one."""
        watch, self._watch, self._latest = self._watch, None, None  # who listens from now on has a task of his own
        if watch:
            watch.cancel()
            await asyncio.wait([watch])

    def _start(self, draw: Draw) -> None:
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(repeat(lambda: self._look(draw), _LOOK_EVERY, "change feed"))

    async def _after(self, seen: str | None) -> Fragment | None:
        """Wait for another revision than the one seen, but not longer than a beat."""

        def moved() -> bool:
            return self._latest is not None and self._latest.revision != seen

        async with self._moved:
            try:
                await asyncio.wait_for(self._moved.wait_for(moved), _BEAT_EVERY)
            except TimeoutError:
                return None
            return self._latest

    async def _look(self, draw: Draw) -> None:
        with contextlib.suppress(DatabaseUnavailableError):
            await self._look_once(draw)

    async def _revision(self) -> str:
        """Name what open pages show: the revision of the numbers, and by how many minutes the platform is behind."""
        state, now = await states.read(self._store), self._settings.clock()
        watermark = state.watermark
        behind = (now - watermark.until) // _MINUTE if watermark and watermark.until and watermark.behind(now) else None
        return f"{state.revision or 0}" + ("" if behind is None else f"+{behind}")

    async def _look_once(self, draw: Draw) -> None:
        revision = await self._revision()
        if self._latest and self._latest.revision == revision:
            return
        drawn = Fragment(revision, await draw())
        async with self._moved:
            self._latest = drawn
            self._moved.notify_all()
