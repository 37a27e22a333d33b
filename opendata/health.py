"""Whether the process lives, and whether it can answer."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from opendata.database import StoreUnavailableError

router = APIRouter(include_in_schema=False)


@router.get("/gezond/live")
async def live() -> JSONResponse:
    """Say that the loop turns."""
    return JSONResponse({"status": "goed"})


@router.get("/gezond/klaar")
async def ready(request: Request) -> JSONResponse:
    """Say whether the database answers."""
    try:
        await request.app.state.store.rows("alive")
    except StoreUnavailableError:
        return JSONResponse({"status": "niet klaar", "reden": "de database antwoordt niet"}, 503, {"Retry-After": "10"})
    return JSONResponse({"status": "klaar"})
