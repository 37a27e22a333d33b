"""The console as an application: every route of the table with its role, each answered in one transaction."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import psycopg
from prometheus_client import CollectorRegistry, Counter
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from locales import DEFAULT, LOCALES
from operations.console import cookies, rendering, sessions
from operations.console.headers import ConsoleHeaders
from operations.console.login_limit import LoginLimit
from operations.console.routes import ROUTES, ConsoleRoute
from operations.console.sessions import LoginIdentity
from operations.console.settings import ConsoleSettings
from operations.console.visit import ConsoleVisit

_LOG: Final = logging.getLogger("doorfiets.console")
_LARGEST: Final = 256_000  # bytes of a form
_MOST_FIELDS: Final = 2_100
_PATIENCE: Final = 3.0
_BROKEN: Final = "broken"
_PROBLEM_OF: Final[Mapping[int, str]] = {
    400: "bad", 403: "forbidden", 404: "missing", 405: "method", 413: "large", 503: "away", 504: "slow",
}  # fmt: skip
PROBLEMS: Final = (*_PROBLEM_OF.values(), _BROKEN)
"""What a page says that is none, as codes for which there are words."""
_AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
_BAD, _FORBIDDEN, _TOO_LARGE, _AWAY_STATUS, _TOO_SLOW_STATUS, _SEE_OTHER = 400, 403, 413, 503, 504, 303


class _RowNumber(Convertor[int]):
    """The number of a row in an address: one that no row has, and Python would not read, is no such address."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("row", _RowNumber())


def create(settings: ConsoleSettings, registry: CollectorRegistry | None = None) -> ASGIApp:
    """Assemble the console; the database may still be away."""
    console = Console(settings, registry or CollectorRegistry())
    app = Starlette(
        routes=[
            Route("/", _home, methods=["GET"]),
            Mount("/static", StaticFiles(directory=str(files("operations.console") / "static")), name="static"),
            *(
                Route(f"/{locale}{path}", console.endpoint(locale, path), methods=_methods(path))
                for path in dict.fromkeys(one.path for one in ROUTES)
                for locale in LOCALES
            ),
        ],
        exception_handlers={HTTPException: _problem, Exception: _problem},
        lifespan=console.lifespan,
    )
    app.router.redirect_slashes = False
    return ConsoleHeaders(app, secure=settings.secure)


class Console:
    """The connections, the limit of logins, and the answers to all routes."""

    def __init__(self, settings: ConsoleSettings, registry: CollectorRegistry) -> None:
        self._settings = settings
        self._limit = LoginLimit()
        self._answers = Counter(
            "console_answers_total", "Answers of the console", ["route", "method", "status"], registry=registry
        )
        options = "-c lock_timeout=3000 -c TimeZone=UTC"
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            make_conninfo(
                settings.postgres, user="console", application_name="doorfiets console", connect_timeout=3,
                options=options,
            ),
            open=False, min_size=1, max_size=6, timeout=_PATIENCE, max_waiting=64, reconnect_timeout=5,
            check=ConnectionPool.check_connection,
        )  # fmt: skip

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Connect without waiting for it, and let go of all connections in the end."""
        await asyncio.to_thread(self._pool.open, wait=False)
        try:
            yield
        finally:
            await asyncio.to_thread(self._pool.close)

    def endpoint(self, locale: str, path: str) -> Callable[[Request], Any]:
        """Return what answers a path in a language, by method."""
        routes: dict[str, ConsoleRoute] = {one.method: one for one in ROUTES if one.path == path}

        async def answer(request: Request) -> Response:
            route = routes["GET" if request.method == "HEAD" else request.method]
            form = await _form(request) if route.method == "POST" else FormData()
            try:
                response = await run_in_threadpool(self._answer, request, locale, route, form)
            except psycopg.errors.QueryCanceled as problem:
                _LOG.error("%s %s takes longer than the console may: %s", route.method, route.path, problem)
                response = _problem_page(locale, _TOO_SLOW_STATUS)
            except _AWAY as problem:
                _LOG.warning("%s %s has no database: %s", route.method, route.path, str(problem).strip())
                response = _problem_page(locale, _AWAY_STATUS)
            self._answers.labels(route.path, route.method, response.status_code).inc()
            return response

        return answer

    def _answer(self, request: Request, locale: str, route: ConsoleRoute, form: FormData) -> Response:
        with self._pool.connection() as session:  # commits, or rolls back where the page raises
            visit = self._visit(request, locale, session, form)
            refusal = _refusal(visit, route)
            response = refusal or route.answer(visit)
            if visit.identity is None and route.role == "nobody":
                cookies.give(response, visit.token, secure=self._settings.secure, of_login=True)
            return response

    def _visit(self, request: Request, locale: str, session: psycopg.Connection[Any], form: FormData) -> ConsoleVisit:
        secure = self._settings.secure
        token = request.cookies.get(cookies.name(secure=secure))
        identity = sessions.find(session, token) if token else None
        before_login = request.cookies.get(cookies.name(secure=secure, of_login=True))
        return ConsoleVisit(
            request=request, settings=self._settings, session=session, locale=locale, identity=identity,
            token=identity.token if identity else before_login or sessions.new_token(), limit=self._limit,
            at=self._settings.clock(), form=form,
        )  # fmt: skip


def _refusal(visit: ConsoleVisit, route: ConsoleRoute) -> Response | None:
    """Return the answer to a visitor who may not do this; None where he may."""
    if route.role != "nobody" and visit.identity is None:
        return _login(visit)
    if route.method == "POST" and not _is_ours(visit):
        return _problem_page(visit.locale, _FORBIDDEN, visit.identity)
    if route.role == "operator" and not visit.operates:
        return _problem_page(visit.locale, _FORBIDDEN, visit.identity)
    return None


def _is_ours(visit: ConsoleVisit) -> bool:
    """Tell whether a form is one of ours: its token is that of the cookie, and no other site sent it."""
    sent_by = visit.request.headers.get("sec-fetch-site", "same-origin")
    return sent_by == "same-origin" and sessions.is_form_token(visit.text("token"), visit.token)


def _login(visit: ConsoleVisit) -> Response:
    """Lead to the login, and from there back to the page that was asked for."""
    wanted = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    return visit.to("/login" if visit.request.method == "POST" else f"/login?next={quote(wanted, safe='')}")


async def _form(request: Request) -> FormData:
    """Read a form; raise HTTPException for one that is too large, or is none."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(_BAD)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise HTTPException(_TOO_LARGE)
    return _fields(bytes(body))


def _fields(body: bytes) -> FormData:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(_BAD) from None
    return FormData([*fields])


def _methods(path: str) -> list[str]:
    return [one.method for one in ROUTES if one.path == path]


async def _home(_: Request) -> Response:
    return RedirectResponse(f"/{DEFAULT}/feeds", _SEE_OTHER)


async def _problem(request: Request, problem: Exception) -> Response:
    locale = request.url.path.split("/")[1]
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    return _problem_page(locale if locale in LOCALES else DEFAULT, status)


def _problem_page(locale: str, status: int, identity: LoginIdentity | None = None) -> Response:
    words = {
        "problem": _PROBLEM_OF.get(status, _BROKEN), "status": status, "identity": identity, "operates": False,
        "path": "/feeds", "query": "", "form_token": "",
    }  # fmt: skip
    return rendering.page("problem.html", locale, status, words)
