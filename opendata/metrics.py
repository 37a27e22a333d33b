"""What the site counts of itself, for Prometheus: answers by route, connections, open streams, the watermark."""

from collections.abc import Mapping
from contextlib import suppress
from time import perf_counter
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opendata.database import Database, DatabaseUnavailableError
from opendata.live import ChangeFeed
from opendata.processing import PlatformWatermark
from opendata.read import states
from opendata.rounds import repeat

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_SECONDS: Final = (0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
_STREAM: Final = b"text/event-stream"
_LOOK_EVERY: Final = 5.0  # seconds
_STAGES: Final[Mapping[str, str]] = MappingProxyType(
    {"receive": "received", "store": "stored", "aggregate": "aggregated"}
)
"""The stages of the watermark, as the metrics of the workers call them."""


class Metrics:
    """What is counted, in a registry of Prometheus; once in a registry."""

    def __init__(self, registry: CollectorRegistry, store: Database, change_feed: ChangeFeed) -> None:
        """Register what is counted."""
        self._requests = Counter("http_requests", "Answers", ["route", "method", "status"], registry=registry)
        self._seconds = Histogram(
            "http_seconds",
            "Until an answer was sent whole; not of streams",
            ["route"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._until = Gauge(
            "watermark_timestamp_seconds",
            "Until when all that was published has passed a stage, as visitors see it",
            ["stage"],
            registry=registry,
        )
        self._backlog = Gauge("watermark_backlog", "What waits before a stage", ["stage"], registry=registry)
        pool = Gauge("db_pool_in_use", "Connections to the database that are lent", registry=registry)
        pool.set_function(lambda: store.in_use)
        streams = Gauge("sse_connections", "Open event streams", registry=registry)
        streams.set_function(lambda: change_feed.listeners)

    def answered(self, route: str, method: str, status: int, seconds: float | None) -> None:
        """Count an answer, and how long it took."""
        self._requests.labels(route, method if method in _METHODS else "OTHER", status).inc()
        if seconds is not None:
            self._seconds.labels(route).observe(seconds)

    async def watch(self, store: Database) -> None:
        """Tell the watermark every few seconds, until cancelled."""
        await repeat(lambda: self._look(store), _LOOK_EVERY, "watermark metrics")

    async def _look(self, store: Database) -> None:
        watermark: PlatformWatermark | None = None
        try:
            with suppress(DatabaseUnavailableError):
                watermark = await states.watermark(store)
        finally:
            self._tell(watermark)

    def _tell(self, watermark: PlatformWatermark | None) -> None:
        """Show what is known; what is not known has no sample."""
        self._until.clear()
        self._backlog.clear()
        for stage in watermark.stages if watermark else ():
            if stage.until is not None:
                self._until.labels(_STAGES[stage.name]).set(stage.until.timestamp())
            if stage.backlog is not None:
                self._backlog.labels(_STAGES[stage.name]).set(stage.backlog)


class Measured:
    """A plain ASGI layer round everything: it looks at what goes by and changes nothing."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap an app."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count an answer once it is sent, or has failed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, streams = perf_counter(), 500, False

        async def seen(message: Message) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                streams = any(value.startswith(_STREAM) for _, value in message.get("headers", ()))
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            seconds = None if streams else perf_counter() - began
            self._metrics.answered(template(scope), scope["method"], status, seconds)


def template(scope: Scope) -> str:
    """Name the route that answered, by its template: as many names as there are routes, whatever is asked."""
    folder: str = scope.get("root_path", "")
    route = scope.get("route")
    if route is None:
        return f"{folder}/*" if folder else "none"
    return f"{folder}{route.path}"
