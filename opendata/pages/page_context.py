"""What a page is handed: the request, the store and the moment."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse

from opendata.database import NamedQueries
from opendata.pages import render
from opendata.pages.moments import Moment

Id: TypeAlias = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]


@dataclass(frozen=True)
class PageContext:
    """One visit to a page, which shows one moment."""

    request: Request
    store: NamedQueries
    moment: Moment

    async def page(self, template: str, **words: Any) -> HTMLResponse:  # noqa: ANN401 - templates take anything
        """Draw a page for this visit."""
        return await render.page(self.request, self.store, template, moment=self.moment, **words)


async def _context(request: Request) -> AsyncIterator[PageContext]:
    state = request.app.state
    async with state.store.snapshot() as store:
        found = await render.place(store)
        yield PageContext(request, store, Moment(state.settings.clock(), ZoneInfo(found["timezone"])))


Context: TypeAlias = Annotated[PageContext, Depends(_context, scope="function")]
