"""Search over places: a plain form, and a page with what was found by name."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import addresses
from opendata.pages.page_context import Context, PageContext

router = APIRouter()
LONGEST: Final = 100
"""Characters that are searched for at most."""


@dataclass(frozen=True)
class FoundPlace:
    """A place that was found, with the name of where it is."""

    kind: str
    name: str
    owner: str
    address: str


@addresses.get(router, "search")
async def page(context: Context, q: Annotated[str, Query(max_length=LONGEST)] = "") -> HTMLResponse:
    """Draw what was found; without a question the form alone."""
    wanted = _plain(q).split()
    places = await _places(context)
    found = [one for one in places if wanted and all(word in _plain(one.name) for word in wanted)]
    await context.rests_on_registry()
    listed = sorted(found, key=lambda one: _plain(one.name))
    return context.page("search.html", q=q.strip(), found=listed, places=len(places))


async def _places(context: PageContext) -> list[FoundPlace]:
    """Read all places that have a page."""
    store, at = context.store, context.language.addresses
    return [
        *(
            FoundPlace("site", one.name, one.owner, at.page("site", site=one.site))
            for one in await read.sites.every(store)
        ),
        *(
            FoundPlace("link", one.name, one.owner, at.page("link", link=one.link))
            for one in await read.links.every(store)
        ),
        *(
            FoundPlace("route", one.name, one.owner, at.page("route", route=one.route))
            for one in await read.routes.every(store)
        ),
        *(
            FoundPlace("screenline", one.name, one.owner, at.page("screenline", screenline=one.screenline))
            for one in await read.screenlines.every(store)
        ),
        *(
            FoundPlace("station", one.name, one.owner, f"{at.page('stations')}#{one.station}")
            for one in await read.stations.every(store)
        ),
        *(
            FoundPlace("district", one.name, one.owner, at.page("district", district=one.district))
            for one in await read.districts.every(store)
        ),
    ]


def _plain(text: str) -> str:
    """Give a text as it is compared: small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))
