"""The edge publisher as a library: `accept` returns when readings are on disk, a thread sends them until stored."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256
from types import TracebackType
from typing import Final, Self

from ingest.clock import system_time
from ingest.edge.readings import MOST, EdgeReading, encode, observations, refuse
from ingest.edge.sender import EdgeSender
from ingest.edge.settings import EdgeSettings
from ingest.edge.spool import NewMessage, Spool
from ingest.only_one import only_one
from schemas.observation import Observation

_LOG = logging.getLogger("doorfiets.ingest.edge")
_AGAIN_SECONDS: Final = 1.0
_TURN: Final = 0.05
_LOOK: Final = 0.05


class EdgePublisher:
    """A sensor's way to the platform, as a context manager; one at a time has a spool.

    `now` is the sensor's clock: it decides what is late, and nothing else.
    """

    def __init__(self, settings: EdgeSettings, now: Callable[[], datetime] = system_time) -> None:
        """Describe it; entering it opens the spool, and begins to send where a broker is given."""
        self._settings, self._now = settings, now
        self._later = ExitStack()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sender: EdgeSender | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        """Open the spool; raise SecondProcessError where another process has it."""
        with ExitStack() as later:
            lock = self._settings.spool.with_name(f"{self._settings.spool.name}.lock")
            later.enter_context(only_one(lock, f"a publisher of {self._settings.sensor}"))
            self._spool = self._opened()
            later.callback(self._close_spool)
            self._later = later.pop_all()
        if self._settings.broker is not None:
            self._thread = threading.Thread(target=self._send, name="edge", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sending and close the spool; what has no receipt stays in it."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._later.close()

    def accept(self, readings: Sequence[EdgeReading]) -> int:
        """Return when readings are on disk, all of them, and in how many messages.

        Raises ReadingRefusedError or SpoolFullError, and then none of them is.
        """
        seen = observations(self._settings.sensor, readings)
        parts = [seen[at : at + MOST] for at in range(0, len(seen), MOST)]
        with self._lock:
            return self._spool.put(parts, self._message, len(seen)) if parts else 0

    @property
    def waiting(self) -> int:
        """Return how many messages have no receipt yet."""
        with self._lock:
            return self._spool.state().messages

    @property
    def problem(self) -> str | None:
        """Return why nothing is sent, in a few words; None while all is well."""
        return self._sender.problem if self._sender else None

    def drain(self, seconds: float | None = None) -> bool:
        """Return True when nothing waits any more, False after some time (None: wait for ever)."""
        until = None if seconds is None else time.monotonic() + seconds
        while self.waiting:
            if self._failure is not None:
                raise RuntimeError("the sending thread ended") from self._failure
            if until is not None and time.monotonic() > until:
                return False
            time.sleep(_LOOK)
        return True

    def _message(self, part: Sequence[Observation], boot: str, seq: int) -> NewMessage:
        payload = encode(part, boot, seq)
        refuse(self._settings.sensor, payload, part)
        ended_at = max(one.ended_at for one in part).timestamp()
        return NewMessage(payload, sha256(payload).digest(), len(part), ended_at)

    def _turn(self, sender: EdgeSender) -> None:
        """Send for a moment; on a full disk what was released stays, and its receipt comes again."""
        try:
            sender.turn(_TURN)
        except sqlite3.OperationalError as problem:
            _LOG.warning("the spool cannot be written, again in a second: %s", problem)
            self._over.wait(_AGAIN_SECONDS)

    def _opened(self) -> Spool:
        settings = self._settings
        return Spool(
            settings.spool, settings.sensor, most_bytes=settings.most_bytes, most_messages=settings.most_messages
        )

    def _close_spool(self) -> None:
        with self._lock:
            self._spool.close()

    def _send(self) -> None:
        """Send until it is over, with a connection of this thread's own to the spool."""
        spool = self._opened()
        self._sender = sender = EdgeSender(self._settings, spool, self._now)
        try:
            while not self._over.is_set():
                self._turn(sender)
        except BaseException as problem:
            self._failure = problem
            raise
        finally:
            sender.close()
            spool.close()
