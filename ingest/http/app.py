"""The web application of the intake: a route for each dialect that is pushed, and whether it is ready."""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from time import monotonic
from types import MappingProxyType
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from ingest.dialects import dialect_of
from ingest.http import problems
from ingest.http.allowance import Allowance
from ingest.http.credentials import Credentials, TooManyPasswordsError
from ingest.http.delivery import MessageDelivery
from ingest.http.metrics import IntakeMetrics
from ingest.http.problems import ProblemError
from ingest.intake import Message
from ingest.settings import IntakeSettings

TOPICS: Final = MappingProxyType(
    {
        "/airrohr": "http/airrohr/{sensor}",
        "/airrohr/{rest:path}": "http/airrohr/{sensor}",
        "/senml/{sensor}": "senml/{sensor}",
        "/ecocounter/{sensor}": "ecocounter/{sensor}",
        "/telraam/{sensor}": "telraam/{sensor}",
    }
)
"""The topic that stands for what is pushed on a route, in which `{sensor}` is the user of the credential."""

_FIRST: Final = frozenset(f"/{path.split('/')[1]}" for path in (*TOPICS, "/gezond"))
_HEALTH: Final = {"Cache-Control": "no-store"}
_LATER: Final = 5  # seconds
_ALL: Final = "all"
_LONGEST_USER: Final = 64  # characters; no sensor is called by more


class IntakeRoutes:
    """What the routes share: credentials, allowances, and the way into the log."""

    def __init__(
        self,
        settings: IntakeSettings,
        credentials: Credentials,
        delivery: MessageDelivery,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Share them; `now` gives seconds that only grow."""
        self._settings, self._credentials, self._delivery, self._now = settings, credentials, delivery, now
        self._of_addresses = Allowance(settings.requests_per_minute, settings.requests_per_minute)
        self._of_failures = Allowance(settings.failures_per_minute, settings.failures_per_minute)
        self._of_all_failures = Allowance(settings.all_failures_per_minute, settings.all_failures_per_minute)
        self._of_sensors = Allowance(settings.pushes_per_minute, settings.pushes_per_minute)

    def push(self, template: str) -> Callable[[Request], Awaitable[Response]]:
        """Make the endpoint of one topic: 202 once Kafka holds the message, or a problem."""

        async def endpoint(request: Request) -> Response:
            address = request.client.host if request.client else ""
            _refuse_wait(self._of_addresses.take(address, self._now()))
            sensor = await self._sensor(request, address)
            _refuse_wait(self._of_sensors.take(sensor, self._now()))
            topic = template.format(sensor=sensor)
            if dialect_of(topic) is None:
                raise ProblemError(403, "other_sensor", f"what {sensor} pushes has no place on this path")
            rejection = await self._delivery.deliver(Message(topic, await self._body(request)))
            return problems.refusal(rejection) if rejection else Response(status_code=202)

        return endpoint

    async def live(self, _: Request) -> Response:
        """Say that the loop turns."""
        return JSONResponse({"status": "live"}, headers=_HEALTH)

    async def ready(self, request: Request) -> Response:
        """Say whether what is pushed now would be taken."""
        _refuse_wait(self._of_addresses.take(request.client.host if request.client else "", self._now()))
        if self._delivery.answers and await self._delivery.reaches_kafka():
            return JSONResponse({"status": "ready"}, headers=_HEALTH)
        raise problems.unavailable("Kafka does not answer", _LATER)

    async def _sensor(self, request: Request, address: str) -> str:
        """Return the sensor of the credential of a request; raise ProblemError where it may not push here."""
        user, password = _basic(request.headers.get("Authorization", ""))
        if not self._credentials.remembers(user, password):
            await self._verify(user, password, address)
        for named in (request.path_params.get("sensor", user), request.headers.get("X-Sensor", user)):
            if named != user:
                raise ProblemError(403, "other_sensor", f"the credential of {user} pushes for {user} only")
        return user

    async def _verify(self, user: str, password: str, address: str) -> None:
        """Raise ProblemError where a password is wrong, or was too often: of this user from there, or of all together.

        Who is remembered goes on meanwhile. Behind a proxy all kits may have one address.
        """
        guesser = f"{user[:_LONGEST_USER]} {address}"
        _refuse_wait(self._of_failures.wait(guesser, self._now()) or self._of_all_failures.wait(_ALL, self._now()))
        try:
            proven = bool(user) and await self._credentials.verify(user, password)
        except TooManyPasswordsError as problem:
            raise problems.unavailable("many passwords are being checked", _LATER) from problem
        if not proven:
            self._of_failures.take(guesser, self._now())
            self._of_all_failures.take(_ALL, self._now())
            raise problems.unauthorized()

    async def _body(self, request: Request) -> bytes:
        """Read the body, within its size and time."""
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise ProblemError(415, "encoding", "send the body as it is, not compressed")
        body = bytearray()
        self._refuse_size(request.headers.get("Content-Length", "0"))
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                async for part in request.stream():
                    body += part
                    self._refuse_size(str(len(body)))
        except TimeoutError as problem:
            raise ProblemError(408, "timeout", "the body did not come in time") from problem
        except ClientDisconnect as problem:
            raise ProblemError(400, "malformed", "the body is not whole") from problem
        return bytes(body)

    def _refuse_size(self, digits: str) -> None:
        largest = self._settings.largest_body
        if not digits.isdecimal() or len(digits) > len(str(largest)) or int(digits) > largest:
            raise ProblemError(413, "too_large", f"more than {largest} bytes")


class OneRequest:
    """A plain ASGI layer: each connection is for one request, and each answer is counted by its route."""

    def __init__(self, app: ASGIApp, metrics: IntakeMetrics) -> None:
        """Wrap an app."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and close the connection: a device that pushes every few minutes has no use for it."""

        async def closing(event: Event) -> None:
            if event["type"] == "http.response.start":
                MutableHeaders(scope=event)["Connection"] = "close"
                self._metrics.answered(_route(scope), event["status"])
            await send(event)

        await self._app(scope, receive, closing if scope["type"] == "http" else send)


def create(
    settings: IntakeSettings,
    credentials: Credentials,
    delivery: MessageDelivery,
    metrics: IntakeMetrics,
    running: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    *,
    now: Callable[[], float] = monotonic,
) -> ASGIApp:
    """Assemble the application; it serves within `running`, and allowances come back by the seconds of `now`."""
    shared = IntakeRoutes(settings, credentials, delivery, now)
    routes = [Route(path, shared.push(template), methods=["POST"]) for path, template in TOPICS.items()]
    routes += [Route("/gezond/live", shared.live), Route("/gezond/klaar", shared.ready)]
    handlers = {ProblemError: problems.of_problem, HTTPException: problems.of_http}
    return OneRequest(Starlette(routes=routes, exception_handlers=handlers, lifespan=lambda _: running()), metrics)


def _route(scope: Scope) -> str:
    """Name what was asked by its first word: as many names as there are routes, whatever is sent."""
    first = f"/{scope['path'].split('/')[1]}"
    return first if first in _FIRST else "none"


def _refuse_wait(seconds: int) -> None:
    if seconds:
        raise problems.too_many(seconds)


def _basic(header: str) -> tuple[str, str]:
    """Return user and password of HTTP Basic; both "" where a header is none."""
    scheme, _, encoded = header.partition(" ")
    try:
        text = b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # also of what is no UTF-8
        return "", ""
    user, _, password = text.partition(":")
    return (user, password) if scheme.lower() == "basic" else ("", "")
