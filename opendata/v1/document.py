"""The OpenAPI document of `/v1`, as the Dutch API Design Rules want it."""

from typing import Any, Final, NamedTuple

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from opendata.v1.models import Problem
from opendata.vocabulary import licence_url

VERSIONS: Final = ("1.5.0", "1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0")
"""All versions, the newest first; what each brought is said on the page of the API."""
VERSION: Final = VERSIONS[0]
CHANGED_SINCE: Final = "gewijzigdSinds"
"""The parameter without which nobody can ask what changed."""
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
    {
        "name": "meetreeksen",
        "description": "Wat waar gemeten wordt, sinds wanneer en onder welke voorwaarden; storingen.",
    },
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
    _with_chosen_fields(found)
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


def _with_chosen_fields(found: dict[str, Any]) -> None:
    """Say of what takes `velden` that its rows may be without any of their fields."""
    shapes = found["components"]["schemas"]
    for operation in (one["get"] for one in found["paths"].values()):
        if "velden" not in {one["name"] for one in operation.get("parameters", ())}:
            continue
        answered = operation["responses"]["200"]["content"]["application/json"]
        whole = shapes[_name(answered["schema"])]
        if "gegevens" in whole.get("properties", {}):
            rows = whole["properties"]["gegevens"]
            if "$ref" in rows["items"]:
                rows["items"] = _any_fields(shapes, rows["items"])
        else:
            answered["schema"] = _any_fields(shapes, answered["schema"])


def _any_fields(shapes: dict[str, Any], reference: dict[str, str]) -> dict[str, Any]:
    name = _name(reference)
    words = {"title": f"{name}Velden", "description": "Met alleen de velden die gevraagd zijn."}
    shapes[words["title"]] = {**{key: value for key, value in shapes[name].items() if key != "required"}, **words}
    return {"anyOf": [reference, {"$ref": _OURS.format(model=words["title"])}]}


def _name(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]
