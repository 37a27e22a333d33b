"""Storing of batches: whole, or all of it that can be stored, the rest set aside."""

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
_TRIES: Final = 3  # of a whole batch; a refusal may be due to a registry that has just changed
_FRESH: Final = 1.0  # the age in seconds of the registry below which a refusal of one item is final
_ALONE: Final = 64  # refused items of one record that are found one by one; further ones are set aside together
_LONGEST: Final = 2000  # characters of a reason, in which PostgreSQL quotes the whole row
Item = TypeVar("Item", bound=msgspec.Struct)
Numbered: TypeAlias = Sequence[tuple[int, Item]]


@dataclass(frozen=True)
class Batches(Generic[Item]):
    """Stores the records of one topic behind its fence.

    `decode` returns the items of a record, `put` stores items in a transaction, `refresh` reloads what both depend on
    unless it is younger than so many seconds, `reset` clears all state after a failure.
    """

    store: ObservationStore
    log: TopicEpoch
    decode: Callable[[Record], list[Item]]
    put: Callable[[Connection, Sequence[Item]], Awaitable[Outcome]]
    refresh: Callable[[float], Awaitable[object]]
    reset: Callable[[], Awaitable[None]]
    due: float

    async def write(self, records: Sequence[Record], *, tries: int = _TRIES) -> Outcome:
        """Store a batch in one transaction; where an item is refused, store halves until it is alone and set aside.

        Other failures, such as of a server that is away, are raised; nothing of the failed part is stored then.
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
            _log_failures(self.log, record, failures)
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
            return Outcome(), [Failure(0, "damaged", _reason(problem), None, record.value)]
        failures: list[Failure] = []
        outcome = await self._halves(connection, list(enumerate(items, 1)), failures)
        return outcome, failures

    async def _halves(self, connection: Connection, items: Numbered[Item], failures: list[Failure]) -> Outcome:
        """Store the items that can be stored, and append the others to `failures`."""
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
        """Store items, or roll back and return the refusal."""
        try:
            async with connection.transaction():
                return await self.put(connection, [item for _, item in items])
        except Exception as problem:
            if not is_refusal(problem):
                raise
            return problem


def _failure(number: int, item: msgspec.Struct, problem: Exception, *, of: int) -> Failure:
    reason = (
        _reason(problem)
        if of == 1
        else f"one of {of} that were refused together, after {_ALONE} alone: {_reason(problem)}"
    )
    return Failure(number, "refused", reason, getattr(item, "sensor", None), msgspec.msgpack.encode([item]))


def _reason(problem: Exception) -> str:
    return f"{type(problem).__name__}: {str(problem).strip()}"[:_LONGEST]


def _log_failures(log: TopicEpoch, record: Record, failures: Sequence[Failure]) -> None:
    first = failures[0]
    what = f"{len(failures)} items of the record" if first.item else "the record"
    _log.error(
        "%s at %s/%d offset %d cannot be stored and is set aside in table `failed_record`, all else is stored: %s;"
        " see `doorfiets failures` and docs/howto/failures.md",
        what,
        log.topic,
        record.partition,
        record.offset,
        first.detail,
    )
