"""Who is behind the site, where to get its data, for whom it works, and whom to write to."""

from datetime import date
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.explained import catalogue
from opendata.pages import addresses
from opendata.pages.moments import Moment
from opendata.pages.page_context import Context
from opendata.read.sites import CountedYear
from opendata.v1.models import zulu

router = APIRouter()


class YearOfSheets(NamedTuple):
    """A year of local days, and when it begins and ends, in UTC; the one that goes on has no end."""

    year: int
    counted: bool
    since: str
    until: str | None


@addresses.get(router, "about")
async def about(context: Context) -> HTMLResponse:
    """Say briefly what the site is; under the chapters that stood here once it leads on to their pages."""
    return context.page("about.html", topics=addresses.TOPICS, indicators=catalogue(context.language.locale))


@addresses.get(router, "contact")
async def contact(context: Context) -> HTMLResponse:
    """Say whom to write to, and about what."""
    return context.page("contact.html")


@addresses.get(router, "data")
async def data(context: Context) -> HTMLResponse:
    """Say where the data can be had: whole years of all sites, and each series by itself."""
    store = context.store
    return context.page(
        "data.html",
        years=[_year(context.moment, one) for one in await read.sites.counted_years(store, "bicycles")],
        sites=await read.sites.every(store),
        screenlines=await read.screenlines.every(store),
        routes=await read.routes.every(store),
        stations=await read.stations.every(store),
    )


def _year(moment: Moment, one: CountedYear) -> YearOfSheets:
    since, until = (zulu(moment.start_of(date(year, 1, 1))) for year in (one.year, one.year + 1))
    return YearOfSheets(one.year, one.counted, since, until if one.year < moment.today.year else None)


@addresses.get(router, "accessibility")
async def accessibility(context: Context) -> HTMLResponse:
    """Give the draft of the accessibility statement."""
    return context.page("accessibility.html")
