"""The writers of role `store`: the frames of a topic are stored exactly once, or the worker ends."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Final

import psycopg

from schemas.frames import unpack_observations, unpack_rejections
from schemas.observation import Observation
from schemas.rejection import Rejection
from streams.batches import Batches
from streams.domain.assignment import Assigned, assign
from streams.domain.datastreams import KnownDatastreams, registry
from streams.domain.fence import Record
from streams.sinks.connection import Connection
from streams.sinks.observation_store import (
    ObservationStore,
    Outcome,
    TopicEpoch,
    store_assigned,
    store_rejections,
    total,
)

_REFRESH: Final = 30.0  # seconds after which the registry is read again
_UNKNOWN: Final = (
    1.0  # the same, when a sensor or a source is not in it; and after which it is asked whether it changed
)
_PART: Final = 2500  # observations in one statement


class ObservationWriter:
    """Stores the frames of topic `observations`."""

    def __init__(self, store: ObservationStore, log: TopicEpoch) -> None:
        self._store = store
        self._batches = Batches(
            store,
            log,
            decode=lambda record: unpack_observations(record.value, record.headers),
            put=self._put,
            refresh=self._refresh,
            reset=self._reset,
            due=_REFRESH,
        )
        self._known: KnownDatastreams = registry(())
        self._read_at = self._compared_at = -_REFRESH
        self._state = ""

    async def write(self, records: Sequence[Record]) -> Outcome:
        """Store a batch, or all of it that can be stored; an exception ends the worker, and nothing is acknowledged."""
        return await self._batches.write(records)

    async def _put(self, connection: Connection, observations: Sequence[Observation]) -> Outcome:
        """Assign one part while the database still stores the one before; parts are stored in order."""
        turn = asyncio.Lock()
        parts = (observations[start : start + _PART] for start in range(0, len(observations), _PART))
        storing: list[asyncio.Task[Outcome]] = []
        try:
            for part in parts:
                storing.append(asyncio.create_task(_in_turn(turn, connection, await self._assign(part)), name="put"))
                await asyncio.sleep(0)  # starts the statement
        except psycopg.errors.InFailedSqlTransaction:
            if not storing:
                raise  # else a part before this one was refused, which is raised below
        finally:
            await asyncio.gather(*storing, return_exceptions=True)  # no statement may run when the transaction ends
        return total(one.result() for one in storing)

    async def _assign(self, observations: Sequence[Observation]) -> Assigned:
        what = assign(observations, self._known)
        if (what.refused or what.unregistered) and await self._refresh(_UNKNOWN):
            what = assign(observations, self._known)
        return what

    async def _refresh(self, age: float) -> bool:
        """Read the registry where what is known is so many seconds old, or within a second of a change of it.

        A source that nobody registered is noted once and then passed over: what comes of it after it was registered
        has to find it, so the writer asks, and does not wait for something to be refused.
        """
        if monotonic() - self._read_at < age and not await self._is_another():
            return False
        state = await self._store.directory_state()  # before what it says, so that no change is missed
        self._known = await self._store.datastreams()
        self._state, self._read_at = state, monotonic()
        self._compared_at = self._read_at
        return True

    async def _is_another(self) -> bool:
        if monotonic() - self._compared_at < _UNKNOWN:
            return False
        self._compared_at = monotonic()
        return await self._store.directory_state() != self._state

    async def _reset(self) -> None:
        self._read_at = -_REFRESH
        await self._store.drop()


async def _in_turn(turn: asyncio.Lock, connection: Connection, what: Assigned) -> Outcome:
    """Store a part after those before it, which keeps messages about one interval in order."""
    async with turn:
        return await store_assigned(connection, what)


class RejectionWriter:
    """Stores the frames of topic `rejections`, which the bridge refused."""

    def __init__(self, store: ObservationStore, log: TopicEpoch) -> None:
        self._batches = Batches(
            store,
            log,
            decode=lambda record: unpack_rejections(record.value, record.headers),
            put=_put_rejections,
            refresh=_nothing,
            reset=store.drop,
            due=_REFRESH,
        )

    async def write(self, records: Sequence[Record]) -> Outcome:
        """Store a batch, as `ObservationWriter` does."""
        return await self._batches.write(records)


async def _put_rejections(connection: Connection, refused: Sequence[Rejection]) -> Outcome:
    await store_rejections(connection, refused)
    return Outcome(rejections=len(refused))


async def _nothing(_age: float) -> None:
    """Do nothing: rejections depend on no registry."""
