"""What a page is handed: the request, what to read from, and the moment."""

from collections.abc import AsyncIterator, Container
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.database import DatabaseUnavailableError, NamedQueries
from opendata.freshness import PLACE, REGISTRY, BasisSubject
from opendata.pages import render
from opendata.pages.language import PageLanguage, of_request
from opendata.pages.moments import Moment
from opendata.read.owners import EMPTY, Owners
from opendata.read.request import RequestReader

Id: TypeAlias = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]
DistrictId: TypeAlias = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,60}$")]
T = TypeVar("T")
_SHOWN: Final = timedelta(seconds=1)
"""How long a page may be given again though it says how long ago something was."""


@dataclass(frozen=True)
class PageContext:
    """One visit to a page, which shows one moment; days are those of the host, until another owner is named."""

    request: Request
    reader: RequestReader
    owners: Owners

    @property
    def store(self) -> NamedQueries:
        """The moment to read from."""
        return self.reader.store

    @property
    def language(self) -> PageLanguage:
        """The language of the address."""
        return of_request(self.request)

    @property
    def moment(self) -> Moment:
        """Now, in the zone of the host."""
        return Moment(self.reader.now, self.owners.host.zone)

    def moment_of(self, owner: str) -> Moment:
        """Give now, in the zone of an owner."""
        return Moment(self.reader.now, self.owners.by_id(owner).zone)

    async def rests_on_days(self, *kinds: str, first: date) -> None:
        """Let the page be given again until midnight, while no number of these kinds of place moves before today.

        It says nothing of how far the platform is.
        """
        moment = self.moment
        await self.reader.rests_on(
            self.request.scope,
            *(BasisSubject(kind) for kind in kinds),
            start=moment.start_of(first),
            end=moment.midnight,
            past=True,
            good_until=moment.start_of(moment.today + timedelta(days=1)),
        )

    async def rests_on_registry(self) -> None:
        """Let the page be given again while nothing moves of what stands where."""
        await self.reader.rests_on(self.request.scope, REGISTRY)

    def rests_on_what_nobody_tells(self) -> None:
        """Have the page read anew each time: what it rests on moves without a word, such as the state of feeds."""
        self.request.scope.get(PLACE, []).clear()

    def there(self, found: T | None) -> T:
        """Give what was found; raise when there is no such page."""
        if found is None:
            raise HTTPException(404)
        return found

    def page(
        self,
        template: str,
        moment: Moment | None = None,
        *,
        of: Container[str] | None = None,
        **words: Any,  # noqa: ANN401 - templates take anything
    ) -> HTMLResponse:
        """Draw a page for this visit, with data of the owners with these ids, by default of all."""
        return render.page(self.request, self.owners, template, of=of, moment=moment or self.moment, **words)


async def owners_of(reader: RequestReader) -> Owners:
    """Give the owners, or none where the database is away: a page without numbers can do without."""
    try:
        return await reader.owners()
    except DatabaseUnavailableError:
        return EMPTY


async def _context(request: Request) -> AsyncIterator[PageContext]:
    async with request.app.state.readers.reader() as reader:
        owners = await owners_of(reader)
        with suppress(DatabaseUnavailableError):
            await reader.rests_on(request.scope, good_until=reader.now + _SHOWN)
        yield PageContext(request, reader, owners)


Context: TypeAlias = Annotated[PageContext, Depends(_context, scope="function")]
