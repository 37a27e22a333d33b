"""The app behind `/v1`: routers, problems, and its OpenAPI document."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from opendata.database import Database, Row
from opendata.settings import WebSettings
from opendata.v1 import (
    air_index,
    answers,
    calendar,
    changes,
    counts,
    figures,
    indicators,
    places,
    problems,
    processing,
    routes,
    shares,
    sites,
    stations,
)
from opendata.v1.asking import Asked
from opendata.v1.document import Publisher, document, published


def create(settings: WebSettings, store: Database) -> FastAPI:
    """Assemble the API; nothing is asked of the database yet."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, root_path_in_servers=False)
    app.state.settings, app.state.store = settings, store
    for resource in (
        sites,
        counts,
        shares,
        routes,
        places,
        stations,
        air_index,
        figures,
        changes,
        calendar,
        indicators,
        processing,
    ):
        app.include_router(resource.router)
    problems.register(app)
    described = document(app, settings.public_url)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(asked: Asked) -> Response:
        """Geef de beschrijving van deze dienst, met haar uitgever zodra het register die kent."""
        found = await asked.store.row("municipality")
        return answers.tagged(asked, JSONResponse(published(described, _publisher(found)) if found else described))

    return app


def _publisher(found: Row) -> Publisher:
    return Publisher(found["publisher"], found["contact_email"], found["contact_url"], found["licence"])
