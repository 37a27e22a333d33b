"""What a page is handed: the request, the store and the moment."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse

from opendata.database import Database
from opendata.pages import render
from opendata.pages.moments import Moment

Id: TypeAlias = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]


@dataclass(frozen=True)
class Looking:
    """One visit to a page."""

    request: Request
    store: Database
    moment: Moment

    async def page(self, template: str, **words: Any) -> HTMLResponse:  # noqa: ANN401 - templates take anything
        """Draw a page for this visit."""
        return await render.page(self.request, template, moment=self.moment, **words)


async def _looking(request: Request) -> Looking:
    state = request.app.state
    found = await render.place(state.store)
    return Looking(request, state.store, Moment(state.settings.clock(), ZoneInfo(found["timezone"])))


Looked: TypeAlias = Annotated[Looking, Depends(_looking)]
