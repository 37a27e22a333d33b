"""How the routes are described in the OpenAPI document: the same answers everywhere."""

from typing import Any, Final, Generic, TypeVar

from pydantic import create_model

from opendata.v1.models import Meta, Problem, Public

Rows = TypeVar("Rows", bound=Public)
_HEADERS: Final = {
    "API-Version": {"description": "Versie van deze dienst.", "schema": {"type": "string"}, "required": True}
}
_SYSTEM: Final = {
    "Content-Crs": {"description": "Stelsel van de posities, tussen punthaken.", "schema": {"type": "string"}}
}
_PROBLEMS: Final = {
    400: "De vraag klopt niet; alle fouten staan erin.",
    404: "Niet gevonden.",
    406: "Deze vorm is er niet.",
    414: "Het adres is langer dan 8 kB.",
    429: "Te veel vragen vanaf dit adres of met deze sleutel; `Retry-After` zegt hoelang u wacht.",
    503: "De database antwoordt even niet.",
}


class Answer(Public, Generic[Rows]):
    """What holds for all rows, the rows, and where the next page is."""

    meta: Meta
    gegevens: list[Rows]
    volgende: str | None


def answer(row: type[Public]) -> type[Public]:
    """Name the envelope of a kind of row."""
    return create_model(f"{row.__name__}Antwoord", __base__=Answer[row], __doc__=f"Antwoord met {row.__name__}-rijen.")  # type: ignore[valid-type]


def answers(*problems: int, csv: bool = False, geojson: bool = False) -> dict[int | str, dict[str, Any]]:
    """Describe what can come back: the good answer with its forms, and problems."""
    forms: dict[str, Any] = {}
    if csv:
        forms["text/csv"] = {"schema": {"type": "string"}}
    if geojson:
        forms["application/geo+json"] = {"schema": {"type": "object"}}
    described: dict[int | str, dict[str, Any]] = {
        200: {"description": "Gelukt.", "headers": _HEADERS | (_SYSTEM if geojson else {}), "content": forms}
    }
    for status in (*problems, 414, 429, 503):
        content = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
        described[status] = {"description": _PROBLEMS[status], "content": content, "headers": _HEADERS}
    return described
