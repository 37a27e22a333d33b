"""A sign of life to somebody elsewhere: whoever misses it says that this machine, its database or `watch` is gone."""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final

from operations.alerts.receivers.http import request
from operations.alerts.receivers.receiver import DeliveryFailedError

_LOG: Final = logging.getLogger("doorfiets.alerts")


class Heartbeat:
    """Asks for an address at most so often, in a thread of its own; one that does not answer delays nothing."""

    def __init__(self, address: str, every: timedelta) -> None:
        self._address, self._every = address, every
        self._last: datetime | None = None
        self._due = Event()
        self._thread: Thread | None = None

    def beat(self, at: datetime) -> None:
        """Say that a round succeeded, at a moment (aware UTC)."""
        if not self._address or (self._last is not None and timedelta(0) <= at - self._last < self._every):
            return
        self._last = at
        if self._thread is None:
            self._thread = Thread(target=self._run, name="alerts-heartbeat", daemon=True)
            self._thread.start()
        self._due.set()

    def _run(self) -> None:
        while self._due.wait():
            self._due.clear()
            try:
                request("GET", self._address)
            except DeliveryFailedError as problem:
                _LOG.warning("the sign of life did not arrive: %s", problem)
