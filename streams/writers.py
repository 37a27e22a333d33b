"""The writers of role `store`: the frames of a topic are stored exactly once, or the worker ends."""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, TypeAlias

import psycopg

from schemas.frames import unpack_observations, unpack_rejections
from schemas.observation import Observation
from schemas.receipt import Receipt
from schemas.rejection import Rejection
from streams.batches import Batches
from streams.domain.assignment import Assigned, Why, assign, rejection
from streams.domain.datastreams import KnownDatastreams, registry
from streams.domain.fence import Record
from streams.domain.receipts import REUSED, refused_place
from streams.sinks.connection import Connection
from streams.sinks.observation_store import (
    ObservationStore,
    Outcome,
    TopicEpoch,
    store_assigned,
    store_rejections,
    total,
)
from streams.sinks.receipt_marks import ReceiptMarks

Tell: TypeAlias = Callable[[Sequence[Receipt]], None]

_REFRESH: Final = 30.0  # seconds after which the registry is read again
_UNKNOWN: Final = 1.0  # the same, when a sensor or a source is not in it
_PART: Final = 2500  # observations in one statement


def nobody_listens(_receipts: Sequence[Receipt]) -> None:
    """Tell nobody."""


class ObservationWriter:
    """Stores the frames of topic `observations`."""

    def __init__(self, store: ObservationStore, log: TopicEpoch, tell: Tell = nobody_listens) -> None:
        """Store what is in a topic, and hand what senders are told to `tell`, after each transaction."""
        self._store = store
        self._batches = Batches(
            store,
            log,
            decode=lambda record: unpack_observations(record.value, record.headers),
            put=self._put,
            refresh=self._refresh,
            reset=self._reset,
            due=_REFRESH,
            reject=_reject_reused,
            tell=tell,
        )
        self._known: KnownDatastreams = registry(())
        self._read_at = -_REFRESH

    async def write(self, records: Sequence[Record]) -> Outcome:
        """Store a batch, or all of it that can be stored; an exception ends the worker, and nothing is acknowledged."""
        return await self._batches.write(records)

    async def _put(self, connection: Connection, observations: Sequence[Observation], marks: ReceiptMarks) -> Outcome:
        """Assign one part while the database still stores the one before; parts are stored in order."""
        turn = asyncio.Lock()
        parts = (observations[start : start + _PART] for start in range(0, len(observations), _PART))
        storing: list[asyncio.Task[Outcome]] = []
        try:
            for part in parts:
                put = _in_turn(turn, connection, await self._assign(part), marks)
                storing.append(asyncio.create_task(put, name="put"))
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
        if monotonic() - self._read_at < age:
            return False
        self._known = await self._store.datastreams()
        self._read_at = monotonic()
        return True

    async def _reset(self) -> None:
        self._read_at = -_REFRESH
        await self._store.drop()


async def _in_turn(turn: asyncio.Lock, connection: Connection, what: Assigned, marks: ReceiptMarks) -> Outcome:
    """Store a part after those before it, which keeps messages about one interval in order."""
    async with turn:
        return await store_assigned(connection, what, marks)


async def _reject_reused(connection: Connection, observations: Sequence[Observation]) -> Outcome:
    """Reject messages that have the number of another one."""
    by_message: dict[Why, list[tuple[Observation, str]]] = {}
    for seen in observations:
        sentence = f"number {seen.number} is that of another message of the same boot"
        by_message.setdefault((seen.sensor, seen.received_at, REUSED), []).append((seen, sentence))
    refused = [rejection(why, items) for why, items in by_message.items()]
    await store_rejections(connection, refused)
    return Outcome(rejections=len(refused), reused=len(observations))


class RejectionWriter:
    """Stores the frames of topic `rejections`, which the bridge refused."""

    def __init__(self, store: ObservationStore, log: TopicEpoch, tell: Tell = nobody_listens) -> None:
        """Store what is in a topic, and hand what senders are told to `tell`, after each transaction."""
        self._batches = Batches(
            store,
            log,
            decode=lambda record: unpack_rejections(record.value, record.headers),
            put=_put_rejections,
            refresh=_nothing,
            reset=store.drop,
            due=_REFRESH,
            reject=_nothing_reused,
            tell=tell,
        )

    async def write(self, records: Sequence[Record]) -> Outcome:
        """Store a batch, as `ObservationWriter` does."""
        return await self._batches.write(records)


async def _put_rejections(connection: Connection, refused: Sequence[Rejection], marks: ReceiptMarks) -> Outcome:
    await store_rejections(connection, refused)
    marks.refused_at_door(place for one in refused if (place := refused_place(one)) is not None)
    return Outcome(rejections=len(refused))


async def _nothing_reused(_connection: Connection, _refused: Sequence[Rejection]) -> Outcome:
    """Reject nothing: no frame of rejections names messages that earn receipts."""
    return Outcome()


async def _nothing(_age: float) -> None:
    """Do nothing: rejections depend on no registry."""
