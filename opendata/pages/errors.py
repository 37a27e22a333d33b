"""Errors are pages too: what happened, whether anything is lost, and what to do."""

from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.database import DatabaseUnavailableError
from opendata.pages import render
from opendata.pages.page_context import owners_of

_WORDS: Final = {
    400: (
        "Deze vraag begrijpen we niet",
        "Het adres bevat een waarde die hier niet past. Begin opnieuw bij de startpagina.",
    ),
    404: (
        "Deze pagina bestaat niet",
        "Misschien is het adres verkeerd overgenomen. Op de startpagina staan alle telpunten, routes en tellijnen.",
    ),
    405: ("Dat kan hier niet", "Deze pagina's kunt u alleen lezen."),
    500: ("Er ging iets mis", "De fout is vastgelegd. Probeer het later opnieuw."),
    503: (
        "Even geen cijfers",
        "De database antwoordt niet. De tellers meten door en er gaat niets verloren. Probeer het zo opnieuw.",
    ),
}


def register(app: FastAPI) -> None:
    """Tell the site how each error becomes a page."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DatabaseUnavailableError, _away)
    app.add_exception_handler(Exception, _unexpected)


async def _http(request: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return await _page(request, status)


async def _invalid(request: Request, _: Exception) -> HTMLResponse:
    return await _page(request, 400)


async def _away(request: Request, _: Exception) -> HTMLResponse:
    return await _page(request, 503, {"Retry-After": "10"})


async def _unexpected(request: Request, _: Exception) -> HTMLResponse:
    return await _page(request, 500)


async def _page(request: Request, status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
    title, sentence = _WORDS.get(status, _WORDS[500])
    async with request.app.state.readers.reader() as reader:
        owners = await owners_of(reader)
    return render.page(
        request,
        owners,
        "fout.html",
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        titel=title,
        zin=sentence,
        nummer=status,
    )
