"""What went wrong, as problem+json: every mistake of a question in one answer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from opendata.database import DatabaseUnavailableError, QuestionTooLongError
from opendata.v1.cursor import CursorRefusedError
from opendata.v1.intervals import RangeRefusedError
from opendata.v1.models import Fout, Problem

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final[Mapping[int, str]] = {
    400: "Ongeldige vraag",
    401: "Sleutel onbekend",
    404: "Niet gevonden",
    405: "Methode niet toegestaan",
    406: "Vorm niet beschikbaar",
    408: "Vraag kwam niet op tijd",
    413: "Inhoud te groot",
    414: "Adres te lang",
    429: "Te veel vragen",
    431: "Koppen te groot",
    500: "Er ging iets mis",
    503: "Even niet beschikbaar",
}
DETAILS: Final[Mapping[int, str]] = {
    400: "Deze vraag is geen geldige HTTP-vraag.",
    404: "Hier is niets. Kijk in de lijst welke kenmerken er zijn.",
    405: "Deze dienst kent alleen GET, HEAD en OPTIONS.",
    406: "Beschikbaar zijn application/json en text/csv, en application/geo+json voor plaatsen.",
    408: "De vraag was niet binnen tien seconden compleet.",
    413: "Een vraag aan deze dienst heeft geen inhoud; laat die weg.",
    414: "Het adres is langer dan 8 kB; stel een kortere vraag.",
    429: "Vanaf dit adres komen te veel vragen. Wacht tot Retry-After voorbij is.",
    431: "De koppen zijn samen groter dan 8 kB.",
    500: "De fout is vastgelegd. Probeer het later opnieuw.",
    503: "De database antwoordt niet. Er gaat niets verloren; probeer het over tien seconden opnieuw.",
}
_TOO_LONG: Final = (
    "Deze vraag duurde te lang. Kies een kortere periode of minder plaatsen, of probeer het later opnieuw."
)
_SENTENCES: Final[Mapping[str, str]] = {
    "extra_forbidden": "is een onbekende parameter.",
    "missing": "is verplicht.",
    "string_too_long": "is te lang.",
    "string_pattern_mismatch": "verwacht kleine letters, cijfers en koppeltekens.",
}


class MistakesError(Exception):
    """A question with mistakes that its model cannot see; each has its parameter and a sentence."""

    def __init__(self, *mistakes: Fout) -> None:
        """Collect the mistakes."""
        super().__init__(*mistakes)
        self.mistakes = mistakes


def problem(
    status: int, detail: str | None = None, mistakes: Iterable[Fout] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Answer a problem."""
    title = TITLES.get(status, HTTPStatus(status).phrase)
    body = Problem(title=title, status=status, detail=detail or DETAILS.get(status, title), fouten=list(mistakes))
    content = body.model_dump(mode="json", by_alias=True, exclude=set() if body.fouten else {"fouten"})
    return JSONResponse(
        content, status, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store", **(headers or {})}
    )


def unknown(kind: str, name: str, listing: str) -> HTTPException:
    """Make the error of a name that is in no list."""
    return HTTPException(404, f"{kind} {name} bestaat niet; {listing} geeft alle kenmerken.")


def repeated(request: Request) -> list[Fout]:
    """Name the parameters that are given more than once: which one would count is a guess."""
    counts = Counter(name for name, _ in request.query_params.multi_items())
    return [
        Fout(parameter=name[:80], melding="mag maar één keer voorkomen.") for name, times in counts.items() if times > 1
    ]


def _question(mistakes: Iterable[Fout]) -> JSONResponse:
    found = list(mistakes)
    named = ", ".join(dict.fromkeys(mistake.parameter for mistake in found))
    return problem(400, f"Kijk naar: {named}.", found)


def _sentence(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in {"enum", "literal_error"}:
        return f"verwacht {str(context['expected']).replace(' or ', ' of ')}."
    return _SENTENCES.get(kind, "heeft een waarde die hier niet past.")


def _mistake(error: Mapping[str, Any]) -> Fout:
    place = [str(step) for step in error["loc"] if step not in {"query", "path"}]
    return Fout(parameter=(".".join(place) or "vraag")[:80], melding=_sentence(error))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    return _question([*map(_mistake, error.errors()), *repeated(request)])


async def _mistakes(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MistakesError)  # noqa: S101 - registered for this class only
    return _question(error.mistakes)


async def _range(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RangeRefusedError)  # noqa: S101 - registered for this class only
    return _question([Fout(parameter=error.parameter, melding=str(error))])


async def _cursor(_: Request, __: Exception) -> JSONResponse:
    return _question([Fout(parameter="cursor", melding="hoort niet bij deze vraag; begin zonder cursor.")])


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    standard = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, None if error.detail == standard else error.detail, headers=error.headers)


async def _away(_: Request, error: Exception) -> JSONResponse:
    detail = _TOO_LONG if isinstance(error, QuestionTooLongError) else None
    return problem(503, detail, headers={"Retry-After": "10"})


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return problem(500)


def register(app: FastAPI) -> None:
    """Tell an app how each error meets HTTP: one table."""
    table = {
        RequestValidationError: _invalid,
        MistakesError: _mistakes,
        RangeRefusedError: _range,
        CursorRefusedError: _cursor,
        HTTPException: _http,
        DatabaseUnavailableError: _away,
        Exception: _unexpected,
    }
    for kind, handler in table.items():
        app.add_exception_handler(kind, handler)
