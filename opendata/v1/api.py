"""The app behind `/v1`: routers, problems, and its OpenAPI document."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from opendata.read.owners import PublishedOwner
from opendata.read.request import RequestReaders
from opendata.settings import WebSettings
from opendata.v1 import (
    air_index,
    answers,
    calendar,
    changes,
    counts,
    datastreams,
    indicator_values,
    indicators,
    outages,
    owners,
    places,
    problems,
    processing,
    routes,
    shares,
    site_counts,
    sites,
    stations,
)
from opendata.v1.document import Publisher, document, published
from opendata.v1.request_context import Context


def create(settings: WebSettings, readers: RequestReaders) -> FastAPI:
    """Assemble the API; nothing is asked of the database yet."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, root_path_in_servers=False)
    app.state.settings, app.state.readers = settings, readers
    for resource in (
        owners,
        sites,
        counts,
        site_counts,
        shares,
        routes,
        places,
        stations,
        air_index,
        indicator_values,
        changes,
        calendar,
        indicators,
        processing,
        outages,
        datastreams,
    ):
        app.include_router(resource.router)
    problems.register(app)
    described = document(app, settings.public_url)
    app.state.described = described

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(context: Context) -> Response:
        """Geef de beschrijving van deze dienst, met haar uitgever zodra het register die kent."""
        host = await context.reader.host()
        return answers.tagged(
            context, JSONResponse(published(described, _publisher(host)) if host.publisher else described)
        )

    return app


def _publisher(host: PublishedOwner) -> Publisher:
    return Publisher(host.publisher, host.contact_email, host.contact_url, host.licence)
