"""All pages together, and where `/` leads."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from opendata.pages import about, counted, live, ridden, shared, start

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root() -> RedirectResponse:
    """Lead to the Dutch start page."""
    return RedirectResponse("/nl/", 307)


for part in (start, counted, ridden, shared, about, live):
    router.include_router(part.router)
