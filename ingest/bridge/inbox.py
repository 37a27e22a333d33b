"""Where received messages wait until a batch is made of them."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple


class Arrival(NamedTuple):
    """One message: the connection it came on, its id there (0: nobody waits for an answer), and what was received when.

    `again` is the broker's sign that it may have sent it before.
    """

    connection: int
    mid: int
    received_at: datetime
    topic: str
    payload: bytes
    again: bool = False


class Inbox:
    """A list with an alarm bell; the receiving side only appends."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._arrivals: list[Arrival] = []
        self._filled = asyncio.Event()
        self._enough = asyncio.Event()
        self._batch = limit
        self.shed = 0

    @property
    def waiting(self) -> int:
        """Count the messages."""
        return len(self._arrivals)

    def put(self, arrival: Arrival) -> None:
        """Keep a message; one without acknowledgement (QoS 0) is shed, and counted, while too many wait."""
        if not arrival.mid and len(self._arrivals) >= self._limit:
            self.shed += 1
            return
        self._arrivals.append(arrival)
        if len(self._arrivals) == 1:
            self._filled.set()
        if len(self._arrivals) >= self._batch:
            self._enough.set()

    def drop_unacknowledged(self) -> None:
        """Forget what came on a lost connection and still waits for an answer: the broker sends it again."""
        self._arrivals = [arrival for arrival in self._arrivals if not arrival.mid]

    async def take(self, most: int, seconds: float) -> list[Arrival]:
        """Wait for messages, then give up to `most` of them; after the first no longer than `seconds`."""
        self._batch = most
        await self._filled.wait()
        if len(self._arrivals) < most:
            self._enough.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._enough.wait()
        return self.take_now(most)

    def take_now(self, most: int) -> list[Arrival]:
        """Give up to `most` messages without waiting."""
        taken, self._arrivals = self._arrivals[:most], self._arrivals[most:]
        if not self._arrivals:
            self._filled.clear()
        return taken
