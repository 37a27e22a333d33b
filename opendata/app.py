"""The whole public site: pages, `/v1`, live numbers and health, behind one layer of headers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from opendata import health, wellknown
from opendata.database import Database
from opendata.headers import Headers
from opendata.live import ChangeFeed
from opendata.metrics import Measured, Metrics
from opendata.pages import errors, site
from opendata.processing import Movement
from opendata.read.request import RequestReaders
from opendata.settings import WebSettings
from opendata.v1 import api
from opendata.v1.document import Publisher, document, published

_ANYWHERE = "http://127.0.0.1:18800"
_WORTH_PACKING = 500  # bytes; event streams are never packed


def create(settings: WebSettings, registry: CollectorRegistry | None = None) -> ASGIApp:
    """Assemble the site, with its metrics in a registry; the database may still be away."""
    store = Database(settings.postgres)
    readers = RequestReaders(store, settings.clock)
    change_feed = ChangeFeed(store, settings)
    metrics = Metrics(registry or CollectorRegistry(), store, change_feed)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await store.open()
        watch = asyncio.create_task(metrics.watch(store), name="watermark metrics")
        try:
            yield
        finally:
            watch.cancel()
            await change_feed.stop()
            await store.close()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    app.state.settings, app.state.readers, app.state.change_feed = settings, readers, change_feed
    app.state.store = store
    app.state.movement = Movement()
    app.mount("/v1", api.create(settings, readers))
    app.mount("/static", StaticFiles(directory=str(files("opendata") / "static")), name="static")
    for part in (health, wellknown, site):
        app.include_router(part.router)
    errors.register(app)
    return Measured(Headers(GZipMiddleware(app, minimum_size=_WORTH_PACKING, compresslevel=6)), metrics)


def openapi(publisher: Publisher | None = None) -> dict[str, Any]:
    """Describe `/v1` without a database or a configuration: the document that is committed and compared."""
    settings = WebSettings(postgres="", public_url=_ANYWHERE)
    readers = RequestReaders(Database(""), settings.clock)
    described = document(api.create(settings, readers), settings.public_url)
    return published(described, publisher) if publisher else described
