"""Answers are packed for whoever takes that: one choice, which the memory of answers makes as well."""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from opendata import negotiation

_NAME: Final = b"accept-encoding"
_WORTH_PACKING: Final = 500
"""Bytes; event streams are never packed."""


class PackedAnswers:
    """A plain ASGI layer: what is within learns which coding was chosen, and nothing of what else was taken."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = GZipMiddleware(app, minimum_size=_WORTH_PACKING, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, packed or not."""
        if scope["type"] == "http":
            others = [one for one in scope["headers"] if one[0] != _NAME]
            scope["headers"] = [*others, (_NAME, negotiation.coding_of(Headers(scope=scope)).encode())]
        await self._app(scope, receive, send)
