"""What one request reads from: one moment of the database, its state asked once, its owners as they are remembered."""

from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, TypedDict, Unpack

from opendata.database import Database, NamedQueries
from opendata.freshness import ANYTHING, PLACE, REGISTRY, AnswerBasis, BasisSubject, DatabaseSnapshot
from opendata.processing import Processing
from opendata.read import states
from opendata.read.owners import Owners, PublishedOwner, RememberedOwners
from opendata.read.registry_memory import RegistryMemory
from opendata.read.states import AnswerSubject, DataState

_BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)
_END: Final = datetime(9999, 12, 30, tzinfo=UTC)


class BasisRange(TypedDict, total=False):
    """What of an answer's basis is not everything: from when until when it is about, and what time makes of it.

    Without `settled_until` it says how far the platform is; with it, that all is processed until then; one that is
    `past` is as of a moment, and says neither.
    """

    start: datetime
    end: datetime
    settled_until: datetime | None
    past: bool
    good_until: datetime | None


class RequestReader:
    """One moment of the database and of the clock, each read at the first call that needs it.

    Whatever it asks of the database raises DatabaseUnavailableError when the database is away.
    """

    def __init__(
        self, store: NamedQueries, remembered: RememberedOwners, memory: RegistryMemory, clock: Callable[[], datetime]
    ) -> None:
        """Take the moment to read from."""
        self.store = store
        self._remembered, self._memory, self._clock = remembered, memory, clock
        self._state: DataState | None = None

    @cached_property
    def now(self) -> datetime:
        """The time of the request, in UTC."""
        return self._clock()

    async def state(self) -> DataState:
        """Give the state of the data, asked at the first call."""
        if self._state is None:
            self._state = await states.read(self.store)
        return self._state

    async def registry(self) -> NamedQueries:
        """Give what answers, from memory where it can, named queries that rest on the registry alone."""
        moment = (await self.state()).moment
        return self.store if moment is None else self._memory.of(self.store, moment.registry_writes)

    async def owners(self) -> Owners:
        """Give the owners, which are read when the registry has changed."""
        return await self._remembered.of(self.store, (await self.state()).registry)

    async def host(self) -> PublishedOwner:
        """Give the owner of the public site."""
        return (await self.owners()).host

    async def owner(self, name: str) -> PublishedOwner:
        """Give the owner of a place, in whose zone its local days lie."""
        return (await self.owners()).by_id(name)

    async def rests_on(
        self, scope: MutableMapping[str, Any], *subjects: BasisSubject, **bounds: Unpack[BasisRange]
    ) -> None:
        """Let the answer to a request be given again while no number of these subjects, by default of any, moves.

        Nor the registry, nor what waits. What is said of this last counts. An answer that rests on `REGISTRY` alone is
        of no time, and holds whatever waits.
        """
        moment = (await self.state()).moment
        if moment is None or PLACE not in scope:
            return
        if subjects == (REGISTRY,):
            bounds = {"start": _BEGINNING, "end": _BEGINNING, "past": True, **bounds}
        scope[PLACE].append(
            AnswerBasis(
                subjects=subjects or (ANYTHING,),
                snapshot=DatabaseSnapshot.of(moment.snapshot),
                registry_writes=moment.registry_writes,
                started_at=bounds.get("start", _BEGINNING),
                ended_at=bounds.get("end", _END),
                progress=None if bounds.get("past") or bounds.get("settled_until") else moment.progress,
                settled_until=bounds.get("settled_until"),
                good_until=bounds.get("good_until"),
            )
        )

    async def processing(self, about: AnswerSubject, start: datetime, end: datetime) -> Processing:
        """Read how far a subject is processed in a range of UTC."""
        waiting = await states.waiting(self.store, about, start, end)
        return Processing.by((await self.state()).watermark, waiting, self.now)

    async def processing_of_indicators(self, about: AnswerSubject, start: datetime, end: datetime) -> Processing:
        """Read the same of the indicators of a subject."""
        waiting = await states.waiting_indicators(self.store, about, start, end)
        return Processing.by((await self.state()).watermark, waiting, self.now)


class RequestReaders:
    """Gives every request a reader; what is remembered between them is kept here."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Take the database and the clock of the site."""
        self._database, self._clock = database, clock
        self._remembered = RememberedOwners()
        self._memory = RegistryMemory()

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[RequestReader]:
        """Read from one moment as long as the context lasts, and from now after it."""
        async with self._database.snapshot() as store:
            yield RequestReader(store, self._remembered, self._memory, self._clock)
