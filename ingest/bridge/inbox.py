"""The queue of received messages, from which batches are made."""

import asyncio
from contextlib import suppress
from datetime import datetime

import msgspec


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """One message: the connection it came on, its packet id there (0 for QoS 0), and what was received when.

    `again` is the flag DUP: the broker may have sent it before.
    """

    connection: int
    mid: int
    received_at: datetime
    topic: str
    payload: bytes
    again: bool = False


class Inbox:
    """A queue of messages with an event that wakes its one consumer."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._arrivals: list[Arrival] = []
        self._filled = asyncio.Event()
        self._enough = asyncio.Event()
        self._batch = limit
        self.shed = 0

    @property
    def waiting(self) -> int:
        """Return the number of messages in it."""
        return len(self._arrivals)

    def put(self, arrival: Arrival) -> None:
        """Add a message; one of QoS 0 is dropped, and counted in `shed`, while the inbox is full."""
        before = len(self._arrivals)
        if before >= self._limit and not arrival.mid:
            self.shed += 1
            return
        self._arrivals.append(arrival)
        if not before:
            self._filled.set()
        if before + 1 == self._batch:
            self._enough.set()

    def drop_unacknowledged(self) -> None:
        """Drop the messages of QoS 1 that came on a lost connection: the broker sends them again."""
        self._arrivals = [arrival for arrival in self._arrivals if not arrival.mid]

    async def take(self, most: int, seconds: float) -> list[Arrival]:
        """Wait for messages and return up to `most` of them, at the latest `seconds` after the first."""
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
