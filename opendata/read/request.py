"""What one request reads from: one moment of the database, its state asked once, its owners as they are remembered."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property

from opendata.database import Database, NamedQueries
from opendata.processing import Processing
from opendata.read import states
from opendata.read.owners import Owners, PublishedOwner, RememberedOwners
from opendata.read.states import AnswerSubject, DataState


class RequestReader:
    """One moment of the database and of the clock, each read at the first call that needs it.

    Whatever it asks of the database raises DatabaseUnavailableError when the database is away.
    """

    def __init__(self, store: NamedQueries, remembered: RememberedOwners, clock: Callable[[], datetime]) -> None:
        """Take the moment to read from."""
        self.store = store
        self._remembered, self._clock = remembered, clock
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

    async def owners(self) -> Owners:
        """Give the owners, which are read when the registry has changed."""
        return await self._remembered.of(self.store, (await self.state()).registry)

    async def host(self) -> PublishedOwner:
        """Give the owner of the public site."""
        return (await self.owners()).host

    async def owner(self, name: str) -> PublishedOwner:
        """Give the owner of a place, in whose zone its local days lie."""
        return (await self.owners()).by_id(name)

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

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[RequestReader]:
        """Read from one moment as long as the context lasts, and from now after it."""
        async with self._database.snapshot() as store:
            yield RequestReader(store, self._remembered, self._clock)
