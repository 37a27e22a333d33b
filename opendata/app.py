"""The whole public site: pages, `/v1`, live numbers and health, behind one layer of headers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from opendata import health, wellknown
from opendata.database import Database
from opendata.guards.layer import Guards
from opendata.headers import Headers
from opendata.live import ChangeFeed
from opendata.metrics import Measured, Metrics
from opendata.packing import PackedAnswers
from opendata.pages import errors, site
from opendata.pages.api_document import ApiDocument
from opendata.processing import Movement
from opendata.read.request import RequestReaders
from opendata.remembered_answers import RememberedAnswers
from opendata.settings import WebSettings
from opendata.static_files import SwappedStaticFiles, own_files
from opendata.v1 import api
from opendata.v1.document import Publisher, document, published

_ANYWHERE = "http://127.0.0.1:18800"


def create(settings: WebSettings, registry: CollectorRegistry | None = None) -> ASGIApp:
    """Assemble the site, with its metrics in a registry; the database may still be away."""
    store = Database(settings.postgres, settings.answer_seconds, settings.connections)
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
    service = api.create(settings, readers)
    app.state.api_document = ApiDocument(service.state.described)
    app.mount("/v1", service)
    static = SwappedStaticFiles(str(files("opendata") / "static"), own_files(settings))
    app.mount("/static", static, name="static")
    for part in (health, wellknown, site):
        app.include_router(part.router)
    errors.register(app)
    dressed = Headers(PackedAnswers(app), settings.map_tiles)
    return Measured(Guards(RememberedAnswers(dressed, store, settings.clock), settings.guards), metrics)


def openapi(publisher: Publisher | None = None) -> dict[str, Any]:
    """Describe `/v1` without a database or a configuration: the document that is committed and compared."""
    settings = WebSettings(postgres="", public_url=_ANYWHERE)
    readers = RequestReaders(Database(""), settings.clock)
    described = document(api.create(settings, readers), settings.public_url)
    return published(described, publisher) if publisher else described
