"""The app behind `/v1`: routers, problems, and its OpenAPI document."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from opendata.database import Database
from opendata.settings import WebSettings
from opendata.v1 import counts, problems, routes, shares, sites, stations
from opendata.v1.document import document


def create(settings: WebSettings, store: Database) -> FastAPI:
    """Assemble the API; nothing is asked of the database yet."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, root_path_in_servers=False)
    app.state.settings, app.state.store = settings, store
    for resource in (sites, counts, shares, routes, stations):
        app.include_router(resource.router)
    problems.register(app)
    described = document(app, settings.public_url)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(_: Request) -> JSONResponse:
        """Geef de beschrijving van deze dienst."""
        return JSONResponse(described)

    return app
