"""The layer round the finished app: HEAD and OPTIONS, security, CORS, version and caching on every answer."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opendata.v1.document import VERSION

_SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
_API: Final = {
    "API-Version": VERSION,
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "API-Version, ETag, Link",
}
_ALLOW: Final = "GET, HEAD, OPTIONS"
_REQUESTED: Final = {"Access-Control-Allow-Headers": "If-None-Match, Accept"}
_CACHE: Final = "public, max-age=60, stale-while-revalidate=300"
_FOUND: Final = ("route", "root_path")  # who answered
_METHOD_NOT_ALLOWED: Final = 405


class Headers:
    """A plain ASGI layer: what ordinary middleware adds would be missing on an unhandled error."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS; let the app answer the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _empty(
                _dressed(send, scope), 204, {"Allow": _ALLOW, "Access-Control-Allow-Methods": _ALLOW, **_REQUESTED}
            )
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        dressed = _dressed(send, scope)
        if scope["method"] == "HEAD":
            got = {**scope, "method": "GET"}
            await self._app(got, receive, _without_body(dressed))
            scope.update({name: got[name] for name in _FOUND if name in got})
        else:
            await self._app(scope, receive, dressed)


def _is_api(scope: Scope) -> bool:
    path: str = scope["path"]
    return f"{path}/".startswith("/v1/")


def _dressed(send: Send, scope: Scope) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in (_SECURITY | (_API if _is_api(scope) else {})).items():
                headers.setdefault(name, value)
            if _is_api(scope):
                headers.add_vary_header("Accept")
                if "ETag" in headers:
                    headers.setdefault("Cache-Control", _CACHE)
            if message["status"] == _METHOD_NOT_ALLOWED:
                headers["Allow"] = _ALLOW
        await send(message)

    return dressed


def _without_body(send: Send) -> Send:
    async def bare(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return bare


async def _empty(send: Send, status: int, headers: dict[str, str]) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
