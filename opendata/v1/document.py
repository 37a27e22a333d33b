"""The OpenAPI document of `/v1`, as the Dutch API Design Rules want it."""

from typing import Any, Final, NamedTuple

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from opendata.v1.models import Problem
from opendata.vocabulary import licence_url

VERSION: Final = "1.3.0"
_DESCRIPTION: Final = (
    "Open gegevens over fietsverkeer en de lucht die fietsers inademen. "
    "Elk getal draagt eenheid, dekking, herkomst en revisie; "
    "een gat is `null` met een reden, nooit nul. Tijden zijn UTC, dagen zijn lokale kalenderdagen van 23, 24 of 25 uur."
)
_OURS: Final = "#/components/schemas/{model}"
_TAGS: Final = [
    {"name": "telpunten", "description": "Plaatsen waar passages worden geteld, en hun tellingen."},
    {"name": "fietsaandeel", "description": "Deel fiets van al het getelde verkeer over een tellijn."},
    {"name": "doorfietsroutes", "description": "Wegvakken, routes en verbindingen, en hun gebruik."},
    {"name": "meetstations", "description": "Luchtkwaliteit per uur, in lagen, en indexen."},
    {
        "name": "eigenaren",
        "description": "Gemeenten, provincies en verenigingen die voor cijfers instaan, en hun wijken.",
    },
    {"name": "wijzigingen", "description": "Wat er veranderd is, voor wie een kopie bijhoudt."},
    {"name": "indicatoren", "description": "Wat elk getal betekent en hoe het berekend is."},
    {"name": "verwerking", "description": "Hoever het platform is met wat sensoren publiceerden."},
    {"name": "kalender", "description": "Dagen die anders zijn dan andere."},
]


class Publisher(NamedTuple):
    """Who publishes the data, how to reach them, and under which licence: words of the registry."""

    name: str
    email: str
    url: str
    licence: str


def document(app: FastAPI, public_url: str) -> dict[str, Any]:
    """Write the document of an app, without its publisher; needs no database."""
    found = get_openapi(
        title="Doorfiets",
        version=VERSION,
        openapi_version="3.1.0",
        summary="Fietsers geteld, open en eerlijk over gaten.",
        description=_DESCRIPTION,
        routes=app.routes,
        servers=[{"url": f"{public_url}/v1", "description": "Deze dienst"}],
        tags=_TAGS,
    )
    _replace_framework_errors(found)
    _in_dutch(found)
    return found


def published(found: dict[str, Any], publisher: Publisher) -> dict[str, Any]:
    """Put the publisher and the licence into a document."""
    info = {
        **found["info"],
        "contact": {"name": publisher.name, "email": publisher.email, "url": publisher.url},
        "license": {"name": publisher.licence, "url": licence_url(publisher.licence)},
    }
    return {**found, "info": info}


def _replace_framework_errors(found: dict[str, Any]) -> None:
    """Replace 422 and its shapes, which this API never sends, by the problem shape."""
    for operations in found["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
    problem = Problem.model_json_schema(ref_template=_OURS)
    shapes = found["components"]["schemas"]
    for framework in ("HTTPValidationError", "ValidationError"):
        shapes.pop(framework, None)
    shapes |= {**problem.pop("$defs"), Problem.__name__: problem}


def _in_dutch(found: dict[str, Any]) -> None:
    """Leave out what classes say of themselves to programmers, in English; fields and routes speak Dutch."""
    for shape in found["components"]["schemas"].values():
        shape.pop("description", None)
