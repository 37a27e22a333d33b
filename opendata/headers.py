"""The layer round the finished app: HEAD and OPTIONS, security, CORS, version and caching on every answer."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opendata.v1.document import VERSION


def _policy(map_tiles: str = "", ancestors: str = "'none'") -> str:
    """Say what a page may load: from its own origin, and tiles from that of their address; and who may frame it."""
    parts = urlsplit(map_tiles)
    tiles = f" {parts.scheme}://{parts.netloc}" if map_tiles else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; font-src 'self'; "
        f"connect-src 'self'{tiles}; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )


IN_ANY_PAGE: Final = {"Content-Security-Policy": _policy(ancestors="*")}
"""What an answer says of itself that pages of others may show within them; every other one may not be."""
_SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
}
API: Final = {
    "API-Version": VERSION,
    "Content-Language": "nl",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "API-Version, Content-Crs, ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
}
"""What every answer of `/v1` has beside that, unless it says otherwise itself."""
_ALLOW: Final = "GET, HEAD, OPTIONS"
_REQUESTED: Final = {"Access-Control-Allow-Headers": "If-None-Match, Accept, X-Api-Key"}
_CACHE: Final = "public, max-age=60, stale-while-revalidate=300"
_FOUND: Final = ("route", "root_path")
_METHOD_NOT_ALLOWED: Final = 405


class Headers:
    """A plain ASGI layer: what ordinary middleware adds would be missing on an unhandled error."""

    def __init__(self, app: ASGIApp, map_tiles: str = "") -> None:
        """Wrap an app whose pages may fetch the tiles of a map from another address."""
        self._app = app
        self._security = {**_SECURITY, "Content-Security-Policy": _policy(map_tiles)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS; let the app answer the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _empty(
                dressed(send, scope, self._security),
                204,
                {"Allow": _ALLOW, "Access-Control-Allow-Methods": _ALLOW, **_REQUESTED},
            )
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        dressing = dressed(send, scope, self._security)
        if scope["method"] == "HEAD":
            got, head = {**scope, "method": "GET"}, _Head(receive, dressing)
            await self._app(got, head.receive, head.send)
            scope.update(who_answered(got))
        else:
            await self._app(scope, receive, dressing)


def who_answered(scope: Scope) -> dict[str, object]:
    """Give what a scope says of the route that answered."""
    return {name: scope[name] for name in _FOUND if name in scope}


def _is_api(scope: Scope) -> bool:
    path: str = scope["path"]
    return f"{path}/".startswith("/v1/")


SECURITY: Final = {**_SECURITY, "Content-Security-Policy": _policy()}
"""The headers of every answer, where maps have no tiles of somebody else."""


def dressed(send: Send, scope: Scope, security: Mapping[str, str] = SECURITY) -> Send:
    """Give every answer of a scope the headers that all have."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            framed = headers.get("Content-Security-Policy") == IN_ANY_PAGE["Content-Security-Policy"]
            for name, value in {**security, **(API if _is_api(scope) else {})}.items():
                if not (framed and name == "X-Frame-Options"):
                    headers.setdefault(name, value)
            if _is_api(scope):
                headers.add_vary_header("Accept")
                if "ETag" in headers:
                    headers.setdefault("Cache-Control", _CACHE)
            if message["status"] == _METHOD_NOT_ALLOWED:
                headers["Allow"] = _ALLOW
        await send(message)

    return sent


class _Head:
    """An answer of which the head is sent and nothing else: for the app, whoever asked is gone once that is there."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._sent = asyncio.Event()

    async def receive(self) -> Message:
        """Tell what comes, and that nobody reads any more."""
        coming = asyncio.ensure_future(self._receive())
        sent = asyncio.ensure_future(self._sent.wait())
        try:
            await asyncio.wait([coming, sent], return_when=asyncio.FIRST_COMPLETED)
            return {"type": "http.disconnect"} if self._sent.is_set() else coming.result()
        finally:
            coming.cancel()
            sent.cancel()

    async def send(self, message: Message) -> None:
        """Send the head, and that it is all."""
        if message["type"] == "http.response.start":
            await self._send(message)
            await self._send({"type": "http.response.body", "body": b""})
            self._sent.set()


async def _empty(send: Send, status: int, headers: dict[str, str]) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
