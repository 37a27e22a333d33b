"""Storing of batches: whole, or all of it that can be stored, the rest set aside."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

import msgspec

from schemas.observation import Observation
from schemas.receipt import NumberedMessage, Receipt, numbered_in
from streams.domain.fence import Record
from streams.refusals import is_refusal
from streams.retries import patiently
from streams.sinks.connection import Connection
from streams.sinks.observation_store import Failure, ObservationStore, Outcome, TopicEpoch, set_aside, total
from streams.sinks.receipt_marks import ReceiptMarks

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
    unless it is younger than so many seconds, `reset` clears all state after a failure. `reject` stores what is refused
    because its number is another message's. `tell` is handed the receipts of a batch after its transaction.
    """

    store: ObservationStore
    log: TopicEpoch
    decode: Callable[[Record], list[Item]]
    put: Callable[[Connection, Sequence[Item], ReceiptMarks], Awaitable[Outcome]]
    refresh: Callable[[float], Awaitable[object]]
    reset: Callable[[], Awaitable[None]]
    due: float
    reject: Callable[[Connection, Sequence[Item]], Awaitable[Outcome]]
    tell: Callable[[Sequence[Receipt]], None]

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
        marks = ReceiptMarks()
        async with self.store.behind_fence(self.log, records) as (connection, new):
            items, messages = self._decoded(new)
            refused = await self._refuse(connection, marks, items, messages)
            outcome = await self.put(connection, items, marks)
            await marks.write(connection)
        self.tell(marks.receipts)
        return total([refused, outcome])

    def _decoded(self, records: Sequence[Record]) -> tuple[list[Item], list[NumberedMessage]]:
        """Return the items of records, and the messages among them that earn a receipt."""
        items: list[Item] = []
        messages: list[NumberedMessage] = []
        for record in records:
            messages += [one._replace(first=len(items) + one.first) for one in numbered_in(record.headers)]
            items += self.decode(record)
        return items, messages

    async def _refuse(
        self, connection: Connection, marks: ReceiptMarks, items: list[Item], messages: Sequence[NumberedMessage]
    ) -> Outcome:
        """Refuse the messages whose number another one has, and take their items away."""
        reused = await marks.begin(connection, messages)
        refused: list[Item] = []
        for one in sorted(reused, key=lambda one: one.first, reverse=True):
            refused += items[one.first : one.first + one.size]
            del items[one.first : one.first + one.size]
            _log.error(
                "%s said something else under number %d of the same boot: refused; is it there twice?",
                one.sensor,
                one.number,
            )
        return await self.reject(connection, refused) if refused else Outcome()

    async def _alone(self, record: Record) -> Outcome:
        outcome, failures = await patiently(lambda: self._in_parts(record), self.reset)
        if failures:
            _log_failures(self.log, record, failures)
        return outcome._replace(failed=len(failures))

    async def _in_parts(self, record: Record) -> tuple[Outcome, list[Failure]]:
        await self.refresh(self.due)
        marks = ReceiptMarks()
        async with self.store.behind_fence(self.log, [record]) as (connection, new):
            if not new:
                return Outcome(), []
            outcome, failures = await self._items(connection, record, marks)
            await set_aside(connection, self.log, record, failures)
            await marks.write(connection)
        self.tell(marks.receipts)
        return outcome, failures

    async def _items(
        self, connection: Connection, record: Record, marks: ReceiptMarks
    ) -> tuple[Outcome, list[Failure]]:
        """Store the items of one record; one that cannot be decoded is set aside whole, and earns no receipt."""
        try:
            items, messages = self._decoded([record])
        except Exception as problem:
            if not is_refusal(problem):
                raise
            return Outcome(), [Failure(0, "damaged", _reason(problem), None, record.value)]
        refused = await self._refuse(connection, marks, items, messages)
        failures: list[Failure] = []
        outcome = await self._halves(connection, list(enumerate(items, 1)), failures, marks)
        return total([refused, outcome]), failures

    async def _halves(
        self, connection: Connection, items: Numbered[Item], failures: list[Failure], marks: ReceiptMarks
    ) -> Outcome:
        """Store the items that can be stored, and append the others to `failures`."""
        tried = await self._try(connection, items, marks)
        if isinstance(tried, Exception) and len(items) == 1:
            await self.refresh(_FRESH)
            tried = await self._try(connection, items, marks)
        if isinstance(tried, Outcome):
            return tried
        if len(items) == 1 or len(failures) >= _ALONE:
            failures += [_failure(number, item, tried, of=len(items)) for number, item in items]
            marks.stored(item for _, item in items if isinstance(item, Observation))
            return Outcome()
        middle = len(items) // 2
        halves = (items[:middle], items[middle:])
        return total([await self._halves(connection, half, failures, marks) for half in halves])

    async def _try(self, connection: Connection, items: Numbered[Item], marks: ReceiptMarks) -> Outcome | Exception:
        """Store items, or roll back and return the refusal."""
        try:
            async with connection.transaction():
                return await self.put(connection, [item for _, item in items], marks)
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
