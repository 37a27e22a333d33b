"""What moved in the database since an answer was made: looks that many requests share."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Any, Final, NamedTuple

from psycopg.types.multirange import TimestamptzMultirange

from opendata.database import LOOK_SECONDS, Database, DatabaseUnavailableError, seconds_at_most

_RECENT: Final = 30.0
"""Seconds for which changes are remembered; an answer that took longer to make is not remembered."""


class DatabaseSnapshot(NamedTuple):
    """A moment of the database as PostgreSQL names it (`pg_snapshot`): which transactions it sees."""

    next: int
    running: frozenset[int]

    @classmethod
    def of(cls, text: str) -> "DatabaseSnapshot":
        """Read `xmin:xmax:xip,...`."""
        _, following, running = text.split(":")
        return cls(int(following), frozenset(map(int, filter(None, running.split(",")))))

    def sees(self, transaction: int) -> bool:
        """Tell whether what a transaction wrote was there."""
        return transaction < self.next and transaction not in self.running

    def sees_all_of(self, other: "DatabaseSnapshot") -> bool:
        """Tell whether all was there that was there at another moment."""
        return self.next >= other.next and not any(map(other.sees, self.running))


class BasisSubject(NamedTuple):
    """What numbers are of: a kind of place, and which one; no name is any of the kind, no kind is any at all."""

    kind: str | None = None
    name: str | None = None


ANYTHING: Final = BasisSubject()
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
REGISTRY: Final = BasisSubject("registry")
"""What no number is of: an answer that rests on this alone moves with the registry only."""
PLACE: Final = "doorfiets.rests_on"
"""Where the scope of a request has the list in which whoever answers puts the basis of the answer."""


@dataclass(frozen=True, kw_only=True)
class AnswerBasis:
    """What an answer rests on: numbers of these subjects in a time of UTC, as a snapshot had them.

    It holds until `good_until`, where time itself makes another answer of it. One that says how far the platform is
    holds as long as the `progress` is the same; one that says that all was processed until `settled_until`, as long as
    that is so. `registry_writes` is how often the registry had been written.
    """

    subjects: tuple[BasisSubject, ...]
    snapshot: DatabaseSnapshot
    registry_writes: int
    started_at: datetime
    ended_at: datetime
    progress: str | None = None
    settled_until: datetime | None = None
    good_until: datetime | None = None


class NumbersChange(NamedTuple):
    """Numbers of a subject between two moments, in seconds since 1970, and the transaction that wrote them."""

    subject: BasisSubject
    transaction: int
    started_at: float
    ended_at: float

    def touches(self, basis: AnswerBasis) -> bool:
        """Tell whether an answer of this basis may be another one after the change."""
        return (
            self.started_at < basis.ended_at.timestamp()
            and basis.started_at.timestamp() < self.ended_at
            and not basis.snapshot.sees(self.transaction)
        )

    @property
    def concerns(self) -> tuple[BasisSubject, BasisSubject, BasisSubject]:
        """Give the subjects under which an answer names it."""
        return self.subject, BasisSubject(self.subject.kind), ANYTHING


class ChangeState(NamedTuple):
    """What a look at the database saw: how often the registry was written, how far the platform is, and what waits."""

    registry_writes: int
    progress: str | None
    processed_until: datetime | None
    waiting: TimestamptzMultirange

    def allows(self, basis: AnswerBasis, now: datetime) -> bool:
        """Tell whether an answer of this basis holds, where no number of it has changed."""
        return (
            basis.registry_writes == self.registry_writes
            and basis.progress in {None, self.progress}
            and (basis.settled_until is None or (self.processed_until or _NEVER) >= basis.settled_until)
            and (basis.good_until is None or now < basis.good_until)
            and not any(
                (one.lower is None or one.lower < basis.ended_at)
                and (one.upper is None or basis.started_at < one.upper)
                for one in self.waiting
            )
        )


Moved = Callable[[Sequence[NumbersChange] | None], None]
"""Takes what changed; None is whatever there is."""


class ChangeReader:
    """Looks at the database for all requests of a process that ask at the same time.

    A look serves whoever asked before it began: an answer that is found to hold holds at a moment after it was asked
    for. What moved is told before a look is answered.
    """

    def __init__(self, store: Database, moved: Moved) -> None:
        """Take the database, which is asked at the first look, and who is told of changes."""
        self._store, self._moved = store, moved
        self._seen: str | None = None
        self._state: ChangeState | None = None
        self._recent: deque[tuple[float, NumbersChange]] = deque()
        self._everything: DatabaseSnapshot | None = None
        self._next: asyncio.Task[ChangeState] | None = None
        self._last: asyncio.Task[ChangeState] | None = None

    async def begin(self) -> None:
        """Look for the first time, if nobody has: what is made after it can be told to hold."""
        if self._seen is None:
            await self.look()

    async def look(self) -> ChangeState:
        """Look, together with all who ask until it begins.

        Raises DatabaseUnavailableError when the database is away.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._last), name="look")
        return await asyncio.shield(self._next)

    def holds(self, basis: AnswerBasis, made_since: float) -> bool:
        """Tell whether nothing is known to have moved that an answer rests on, which is made since a monotonic time."""
        if self._seen is None or monotonic() - made_since > _RECENT:
            return False
        if self._everything and not basis.snapshot.sees_all_of(self._everything):
            return False
        wanted = set(basis.subjects)
        return not any(not wanted.isdisjoint(one.concerns) and one.touches(basis) for _, one in self._recent)

    async def _after(self, last: asyncio.Task[ChangeState] | None) -> ChangeState:
        if last is not None:
            await asyncio.wait([last])
        self._next, self._last = None, asyncio.current_task()
        with seconds_at_most(LOOK_SECONDS):
            row = await self._store.row("look", seen=self._seen)
        if row is not None:
            self._note(row["snapshot"], row["changed"] or ())
            waiting: TimestamptzMultirange | None = row["waiting"]
            self._state = ChangeState(
                row["registry_writes"], row["progress"], row["processed_until"], waiting or TimestamptzMultirange()
            )
        if self._state is None:
            raise DatabaseUnavailableError("the first look saw nothing")
        return self._state

    def _note(self, snapshot: str, rows: Sequence[Any]) -> None:
        now, here = monotonic(), DatabaseSnapshot.of(snapshot)
        earlier = (
            self._seen is None or here.next < DatabaseSnapshot.of(self._seen).next
        )  # first, or put back from a copy
        self._seen = snapshot
        while self._recent and now - self._recent[0][0] > _RECENT:
            self._recent.popleft()
        if earlier or any(kind is None for kind, *_ in rows):
            self._everything = here
            self._moved(None)
            return
        changes = [
            NumbersChange(BasisSubject(kind, name), int(transaction), _moment(start, -inf), _moment(end, inf))
            for kind, name, transaction, start, end in rows
        ]
        self._recent.extend((now, one) for one in changes)
        if changes:
            self._moved(changes)


def _moment(seconds: float | None, otherwise: float) -> float:
    return otherwise if seconds is None else float(seconds)
