"""All pages together, and where `/`, `/nl` and `/v1` lead."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from opendata.pages import about, live, route_page, screenline_page, site_page, start

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root() -> RedirectResponse:
    """Lead to the Dutch start page."""
    return RedirectResponse("/nl/", 307)


@router.get("/nl")
async def dutch() -> RedirectResponse:
    """Lead to the Dutch start page, as people type it."""
    return RedirectResponse("/nl/", 307)


@router.get("/v1")
async def api() -> RedirectResponse:
    """Lead to what describes the API."""
    return RedirectResponse("/v1/openapi.json", 307)


for part in (start, site_page, route_page, screenline_page, about, live):
    router.include_router(part.router)
