"""What the guards answer where a request is none, a visitor asks too often, or a key is wrong: a problem or a page."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from opendata import negotiation
from opendata.guards.request_check import LONGEST_ADDRESS, Refusal
from opendata.headers import dressed
from opendata.pages import render
from opendata.pages.addresses import locale_of
from opendata.pages.language import language
from opendata.v1.problems import problem

API: Final = "/v1"
_DETAILS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "address": (400, "Dit adres bevat tekens die hier geen betekenis hebben, zoals //, %2F, ; of /../."),
        "long": (414, f"Dit adres is langer dan {LONGEST_ADDRESS} bytes; stel een kortere vraag."),
        "body": (400, "Een vraag aan deze dienst heeft geen inhoud; laat die weg."),
        "repeated": (400, "Een kop die maar één keer mag voorkomen, staat er meer dan eens; laat er één staan."),
        "key_in_address": (
            400,
            "Een sleutel hoort in de kop X-Api-Key, nooit in het adres, dat in logboeken komt. Laat deze intrekken.",
        ),
        "wrong_key": (401, "Deze sleutel is niet bekend. Laat de kop X-Api-Key weg, of vraag een sleutel aan."),
        "guesses": (429, "Van dit adres kwamen te veel sleutels die niet bekend zijn. Probeer het later opnieuw."),
        "often": (
            429,
            "Dit adres heeft zijn tegoed verbruikt. Wacht tot Retry-After voorbij is, of vraag een sleutel.",
        ),
        "busy": (429, "Er zijn te veel antwoorden tegelijk onderweg naar dit adres. Wacht tot er een klaar is."),
    }
)
"""The status and the Dutch sentence of each refusal, for programs."""
_PAGES: Final[Mapping[int, int]] = MappingProxyType({429: 429})
"""The words by which a page says a status; 400 of all others."""

Why = Refusal | str


async def refuse(scope: Scope, receive: Receive, send: Send, why: Why, headers: Mapping[str, str]) -> None:
    """Send a refusal, with the headers that every answer has."""
    await answer(scope, why, headers)(scope, receive, dressed(send, scope))


def answer(scope: Scope, why: Why, headers: Mapping[str, str]) -> Response:
    """Answer a refusal: problem+json below `/v1`, else a page that asks nothing of the database."""
    status, detail = _DETAILS[why]
    path: str = scope["path"]
    if f"{path}/".startswith(f"{API}/"):
        return problem(status, detail, headers=headers)
    spoken = language(locale_of(path) or negotiation.language_of(Headers(scope=scope)))
    words = _PAGES.get(status, 400)
    content = render.fragment(
        "refused.html",
        spoken,
        title=spoken(f"page.problem.{words}"),
        step=spoken(f"page.problem_step.{words}"),
        number=status,
    )
    said = {"Cache-Control": "no-store", "Content-Language": spoken.locale, **headers}
    return HTMLResponse(content, status, said)
