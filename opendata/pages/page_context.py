"""What a page is handed: the request, what to read from, and the moment."""

from collections.abc import AsyncIterator, Container
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypeVar

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.database import DatabaseUnavailableError, NamedQueries
from opendata.pages import render
from opendata.pages.moments import Moment
from opendata.read.owners import EMPTY, Owners
from opendata.read.request import RequestReader

Id: TypeAlias = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]
T = TypeVar("T")


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
    def moment(self) -> Moment:
        """Now, in the zone of the host."""
        return Moment(self.reader.now, self.owners.host.zone)

    def moment_of(self, owner: str) -> Moment:
        """Give now, in the zone of an owner."""
        return Moment(self.reader.now, self.owners.by_id(owner).zone)

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
        yield PageContext(request, reader, await owners_of(reader))


Context: TypeAlias = Annotated[PageContext, Depends(_context, scope="function")]
