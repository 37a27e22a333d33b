"""All pages together, and where `/`, `/nl`, `/en` and `/v1` lead."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from locales import LOCALES
from opendata import negotiation
from opendata.pages import (
    about,
    air_page,
    api_page,
    connections_page,
    district_page,
    elsewhere,
    link_page,
    lists,
    live,
    method_page,
    outages_page,
    route_page,
    screenline_page,
    search,
    site_page,
    start,
    station_page,
    status_page,
    today_page,
)
from opendata.pages.addresses import ADDRESSES
from opendata.pages.language import of_request
from opendata.pages.maps import map_data

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root(request: Request) -> RedirectResponse:
    """Lead to the start page in the language that the reader prefers."""
    return RedirectResponse(of_request(request).addresses.page("start"), 307, {"Vary": "Accept-Language"})


async def _typed(request: Request) -> RedirectResponse:
    """Lead to the start page of a language, as people type it."""
    return RedirectResponse(f"{request.url.path}/", 307)


@router.get("/v1")
async def api(request: Request) -> RedirectResponse:
    """Lead to what describes the API: programs that take JSON to the document, everybody else to its page."""
    program = negotiation.prefers_json_to_pages(request.headers)
    page = of_request(request).addresses.page("api")
    return RedirectResponse("/v1/openapi.json" if program else page, 307, {"Vary": "Accept, Accept-Language"})


for locale in LOCALES:
    router.add_api_route(ADDRESSES["start"][locale].removesuffix("/"), _typed)
for part in (
    start,
    today_page,
    lists,
    site_page,
    route_page,
    link_page,
    connections_page,
    screenline_page,
    district_page,
    search,
    station_page,
    air_page,
    outages_page,
    status_page,
    method_page,
    about,
    api_page,
    elsewhere,
    map_data,
    live,
):
    router.include_router(part.router)
