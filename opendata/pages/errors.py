"""Errors are pages too: what happened, whether anything is lost, and what to do."""

from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from opendata.database import DatabaseUnavailableError
from opendata.pages import render
from opendata.pages.language import of_request
from opendata.pages.page_context import owners_of

PROBLEMS: Final = (400, 404, 405, 429, 500, 503)
"""The statuses that have words of their own; every other one is said as the broken site that it is."""
_BROKEN: Final = 500


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
    problem, language = status if status in PROBLEMS else _BROKEN, of_request(request)
    async with request.app.state.readers.reader() as reader:
        owners = await owners_of(reader)
    return render.page(
        request,
        owners,
        "error.html",
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        title=language(f"page.problem.{problem}"),
        step=language(f"page.problem_step.{problem}"),
        number=status,
    )
