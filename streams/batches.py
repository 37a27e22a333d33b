"""Batches of the log on their way into the database: whole, or all of it that can be stored."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

import msgspec

from streams.domain.fence import Record
from streams.refusals import is_refusal
from streams.retries import patiently
from streams.sinks.connection import Connection
from streams.sinks.observation_store import Failure, ObservationStore, Outcome, TopicEpoch, set_aside, total

_log = logging.getLogger(__name__)
_TRIES: Final = 3  # of a batch as a whole; a refusal may come from a registry that has just changed
_FRESH: Final = 1.0  # seconds for which what was read is new enough to judge one item alone
_ALONE: Final = 64  # items of one record that are looked for; a record with more of them is a fault of whoever wrote it
_LONGEST: Final = 2000  # characters of a reason; a server tells the whole row
Item = TypeVar("Item", bound=msgspec.Struct)
Numbered: TypeAlias = Sequence[tuple[int, Item]]


@dataclass(frozen=True)
class Batches(Generic[Item]):
    """Stores the records of one topic behind its fence.

    `decode` gives the items of a record, `put` stores items in a transaction, `refresh` reads again whatever both rest
    on unless it is younger than so many seconds, `reset` starts anew after a failure.
    """

    store: ObservationStore
    log: TopicEpoch
    decode: Callable[[Record], list[Item]]
    put: Callable[[Connection, Sequence[Item]], Awaitable[Outcome]]
    refresh: Callable[[float], Awaitable[object]]
    reset: Callable[[], Awaitable[None]]
    due: float

    async def write(self, records: Sequence[Record], *, tries: int = _TRIES) -> Outcome:
        """Store a batch in one transaction; where something in it can never be stored, in halves until that is alone.

        What fails because of the world around it is raised: then nothing of the part that failed was stored.
        """
        try:
            return await patiently(lambda: self._whole(records), self.reset, refusals=tries)
        except Exception as problem:
            if not is_refusal(problem):
                raise
        if len(records) == 1:
            return await self._alone(records[0])
        middle = len(records) // 2
        return total([await self.write(half, tries=1) for half in (records[:middle], records[middle:])])

    async def _whole(self, records: Sequence[Record]) -> Outcome:
        await self.refresh(self.due)
        async with self.store.behind_fence(self.log, records) as (connection, new):
            return await self.put(connection, [item for record in new for item in self.decode(record)])

    async def _alone(self, record: Record) -> Outcome:
        outcome, failures = await patiently(lambda: self._in_parts(record), self.reset)
        if failures:
            _tell(self.log, record, failures)
        return outcome._replace(failed=len(failures))

    async def _in_parts(self, record: Record) -> tuple[Outcome, list[Failure]]:
        await self.refresh(self.due)
        async with self.store.behind_fence(self.log, [record]) as (connection, new):
            if not new:
                return Outcome(), []
            outcome, failures = await self._items(connection, record)
            await set_aside(connection, self.log, record, failures)
            return outcome, failures

    async def _items(self, connection: Connection, record: Record) -> tuple[Outcome, list[Failure]]:
        try:
            items = self.decode(record)
        except Exception as problem:
            if not is_refusal(problem):
                raise
            return Outcome(), [Failure(0, "damaged", _said(problem), None, record.value)]
        failures: list[Failure] = []
        outcome = await self._halves(connection, list(enumerate(items, 1)), failures)
        return outcome, failures

    async def _halves(self, connection: Connection, items: Numbered[Item], failures: list[Failure]) -> Outcome:
        """Store what can be stored of some items, add the others to the failures."""
        tried = await self._try(connection, items)
        if isinstance(tried, Exception) and len(items) == 1:
            await self.refresh(_FRESH)
            tried = await self._try(connection, items)
        if isinstance(tried, Outcome):
            return tried
        if len(items) == 1 or len(failures) >= _ALONE:
            failures += [_failure(number, item, tried, of=len(items)) for number, item in items]
            return Outcome()
        middle = len(items) // 2
        return total([await self._halves(connection, half, failures) for half in (items[:middle], items[middle:])])

    async def _try(self, connection: Connection, items: Numbered[Item]) -> Outcome | Exception:
        """Store items, or leave no trace of them and answer why."""
        try:
            async with connection.transaction():
                return await self.put(connection, [item for _, item in items])
        except Exception as problem:
            if not is_refusal(problem):
                raise
            return problem


def _failure(number: int, item: msgspec.Struct, problem: Exception, *, of: int) -> Failure:
    said = (
        _said(problem) if of == 1 else f"one of {of} that were refused together, after {_ALONE} alone: {_said(problem)}"
    )
    return Failure(number, "refused", said, getattr(item, "sensor", None), msgspec.msgpack.encode([item]))


def _said(problem: Exception) -> str:
    return f"{type(problem).__name__}: {str(problem).strip()}"[:_LONGEST]


def _tell(log: TopicEpoch, record: Record, failures: Sequence[Failure]) -> None:
    first = failures[0]
    what = f"{len(failures)} items of the record" if first.item else "the record"
    _log.error(
        "%s at %s/%d offset %d cannot be stored and stands in table `failed_record`, all else is stored: %s;"
        " see `doorfiets failures` and docs/howto/failures.md",
        what,
        log.topic,
        record.partition,
        record.offset,
        first.detail,
    )
