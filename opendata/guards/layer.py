"""The layer in front of the site: it refuses what is no request, and counts what each visitor uses."""

from collections.abc import Callable
from contextlib import nullcontext
from time import monotonic
from typing import Final

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opendata.database import SHEET_SECONDS, seconds_at_most
from opendata.guards import refusals
from opendata.guards.api_keys import ApiKeys
from opendata.guards.costs import QuestionUse, use_of
from opendata.guards.pace import PaceState, RequestPolicy
from opendata.guards.request_check import MOST_RANGES, RequestHeaders, headers_of, refusal
from opendata.guards.settings import GuardSettings
from opendata.guards.single_headers import single
from opendata.guards.visitor_table import VisitorTable, VisitorUse
from opendata.guards.visitors import VisitorAddresses, group
from opendata.pages.addresses import ADDRESSES

_API: Final = "/v1/"
_FILES: Final = ("/static/", "/gezond/", "/robots.txt", "/.well-known/")
_STREAMS: Final = frozenset(ADDRESSES["stream"].values())
_PROVEN: Final = 4_096
"""So many addresses are remembered as those of somebody whose key was right."""
_CLOSE: Final = {"Connection": "close"}


class Guards:
    """A plain ASGI layer. What a visitor has in work is given back before the last part of an answer is sent."""

    def __init__(self, app: ASGIApp, settings: GuardSettings, now: Callable[[], float] = monotonic) -> None:
        """Wrap an app; `now` gives seconds that only grow."""
        self._app, self._now = app, now
        self._policies = settings.policies
        self._addresses = VisitorAddresses(settings.trusted, settings.unlimited)
        self._table = VisitorTable(settings.table, settings.number)
        self._keys = ApiKeys(settings.keys, settings.secret)
        self._proven: dict[tuple[bytes, str], None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or let it through with what is left of the visitor's budget on its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = single(scope["headers"])
        scope["headers"] = headers.fields
        request = headers_of(headers)
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        if why := refusal(scope["method"], path, scope["query_string"], request):
            await refusals.refuse(scope, receive, send, why, _CLOSE)
            return
        if request.ranges > MOST_RANGES:
            scope["headers"] = [one for one in scope["headers"] if one[0] != b"range"]
        wanted = _use(scope)
        with seconds_at_most(SHEET_SECONDS) if wanted.is_sheet else nullcontext():
            await self._counted(scope, receive, send, request, wanted)

    async def _counted(
        self, scope: Scope, receive: Receive, send: Send, request: RequestHeaders, wanted: QuestionUse
    ) -> None:
        peer: str | None = scope["client"][0] if scope.get("client") else None
        visitor = self._addresses.of(peer, request.forwarded)
        if request.key is None and self._addresses.is_unlimited(visitor):
            await self._app(scope, receive, send)
            return
        now, counted = self._now(), group(visitor.address)
        policy = self._policy(scope["path"], request)
        if request.key is not None:
            prefix, wait = self._prefix(request.key, counted, now)
            if prefix is None:
                why = "guesses" if wait else "wrong_key"
                headers = {"Retry-After": str(wait)} if wait else {"WWW-Authenticate": 'ApiKey realm="doorfiets"'}
                await refusals.refuse(scope, receive, send, why, headers)
                return
            policy, counted = self._policies.key, prefix.encode()
        used = self._table.use(policy, counted, wanted.units, now)
        places = [] if used.place is None else [used.place]
        refused = (policy, used) if used.is_refused else self._more(scope, wanted, counted, places, now)
        if refused is None:
            await self._through(scope, receive, send, places, _fields(policy, used.pace))
            return
        self._leave(places)
        await self._refuse(scope, receive, send, *refused)

    def _more(
        self, scope: Scope, wanted: QuestionUse, visitor: bytes, places: list[int], now: float
    ) -> tuple[RequestPolicy, VisitorUse] | None:
        """Take the place of a sheet or a stream, of which there are few; return which one was refused.

        An open page is no answer in work: it gives the place back that it took as one.
        """
        is_stream = scope["path"] in _STREAMS
        if not is_stream and not wanted.is_sheet:
            return None
        policy = self._policies.stream if is_stream else self._policies.sheet
        used = self._table.use(policy, visitor, 1, now)
        if used.is_refused:
            return policy, used
        if is_stream:
            self._leave(places)
        if used.place is not None:
            places.append(used.place)
        return None

    async def _through(
        self, scope: Scope, receive: Receive, send: Send, places: list[int], fields: list[tuple[bytes, bytes]]
    ) -> None:
        async def passed_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *fields]}
            elif not message.get("more_body", False):
                self._leave(places)
            await send(message)

        try:
            await self._app(scope, receive, passed_on)
        finally:
            self._leave(places)

    def _leave(self, places: list[int]) -> None:
        while places:
            self._table.leave(places.pop())

    def _policy(self, path: str, request: RequestHeaders) -> RequestPolicy:
        """Choose the budget: what a page of ours asks of `/v1` for its reader is of the page's, at its price."""
        if path.startswith(_API) and not request.same_origin:
            return self._policies.api
        if path.startswith(_FILES):
            return self._policies.file
        return self._policies.page

    def _prefix(self, key: bytes, visitor: bytes, now: float) -> tuple[str | None, int]:
        """Return the prefix of a key that is right, or None with the seconds until another one may be tried."""
        named = key[4:12].decode("latin-1")
        guesses = self._policies.guess
        if (visitor, named) not in self._proven:
            wait = self._table.look(guesses, visitor, now).wait
            if wait:
                return None, wait
        prefix = self._keys.prefix_of(key)
        if prefix is None:
            self._proven.pop((visitor, named), None)
            self._table.use(guesses, visitor, 1, now)
            return None, 0
        if len(self._proven) >= _PROVEN:
            self._proven.clear()
        self._proven[visitor, prefix] = None
        return prefix, 0

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, policy: RequestPolicy, used: VisitorUse
    ) -> None:
        headers = {name.decode(): value.decode() for name, value in _fields(policy, used.pace)}
        headers["Retry-After"] = str(used.pace.wait or 1)
        await refusals.refuse(scope, receive, send, "busy" if used.is_busy else "often", headers)


def _use(scope: Scope) -> QuestionUse:
    """Say what a question of `/v1` uses, whoever asks it; anything else costs a unit."""
    path: str = scope["path"]
    if not path.startswith(_API):
        return QuestionUse()
    return use_of(path, QueryParams(scope["query_string"]), Headers(scope=scope))


def _fields(policy: RequestPolicy, pace: PaceState) -> list[tuple[bytes, bytes]]:
    """Say a budget and what is left of it (draft-ietf-httpapi-ratelimit-headers-11)."""
    return [
        (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (policy.name.encode(), policy.burst, policy.window)),
        (b"ratelimit", b'"%b";r=%d;t=%d' % (policy.name.encode(), pace.remaining, pace.resets_in)),
    ]
