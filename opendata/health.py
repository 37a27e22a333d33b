"""Whether the process lives, and whether what it answers with comes from a platform that moves."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from opendata.database import DatabaseUnavailableError, NamedQueries
from opendata.processing import Lag, PlatformWatermark
from opendata.read import states

router = APIRouter(include_in_schema=False)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_PATIENCE: Final = 3.0  # seconds: who asks for readiness will not wait longer
_REASONS: Final[Mapping[Lag | None, tuple[str, str]]] = MappingProxyType(
    {
        None: ("database", "de database antwoordt niet"),
        "measure": ("meting", "het platform meet niet meer hoever het is"),
        "receive": ("ontvangst", "wat sensoren publiceren, wordt niet ontvangen"),
        "store": ("opslag", "wat ontvangen is, wordt niet opgeslagen"),
        "aggregate": ("optelling", "wat opgeslagen is, wordt niet opgeteld"),
    }
)
"""The code and the sentence of each reason."""


@router.get("/gezond/live")
async def live() -> JSONResponse:
    """Say that the loop turns."""
    return JSONResponse({"status": "goed"})


@router.get("/gezond/klaar")
async def ready(request: Request) -> JSONResponse:
    """Say whether the database answers and the platform moves; ready also where nothing was ever marked."""
    state = request.app.state
    try:
        watermark, applied = await _readiness(state.store)
    except DatabaseUnavailableError:
        return unready(None)
    still = state.movement.still(watermark, state.settings.clock())
    return unready(still) if still else JSONResponse({"status": "klaar", "register": applied}, headers=_NO_STORE)


async def _readiness(store: NamedQueries) -> tuple[PlatformWatermark | None, str | None]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await states.readiness(store)
    except TimeoutError as error:
        raise DatabaseUnavailableError from error


def unready(still: Lag | None) -> JSONResponse:
    """Answer that the platform is not ready, with the code and the sentence of what does not move."""
    code, sentence = _REASONS[still]
    said = {"status": "niet klaar", "code": code, "reden": sentence}
    return JSONResponse(said, 503, {"Retry-After": "10", **_NO_STORE})
