"""`/eigenaren`: who answers for the numbers, under which terms, and which of their files are in force."""

from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from opendata.read.owners import PublishedOwner
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Public, Utc
from opendata.v1.parameters import Question
from opendata.v1.request_context import Context
from opendata.vocabulary import licence_url

router = APIRouter(tags=["eigenaren"])
Soort: TypeAlias = Literal["gemeente", "provincie", "vereniging"]
_KINDS: Final = MappingProxyType[str, Soort](
    {"municipality": "gemeente", "province": "provincie", "association": "vereniging"}
)


class Eigenaar(Public):
    """Who owns places and publishes their numbers."""

    id: str
    naam: str
    soort: Soort
    gastheer: bool = Field(description="Waar van de eigenaar wiens naam boven de pagina's staat.")
    uitgever: str
    contact: str
    contact_adres: str
    licentie: str = Field(description="Van wat de eigenaar zelf meet.")
    bronvermelding: list[str]
    tijdzone: str = Field(description="Waarin de lokale dagen van de eigenaar liggen.")
    registerstaat: str = Field(description="SHA-256 over de bestanden van het register die nu gelden.")
    toegepast_tijd: Utc | None = Field(description="Sinds wanneer zij gelden.")
    toelichting: str


@router.get(
    "/eigenaren",
    operation_id="eigenaren",
    summary="Alle eigenaren",
    response_model=answer(Eigenaar),
    responses=described(400, 406, csv=True),
)
async def owners(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef wie voor de cijfers instaan, onder welke voorwaarden, en welke bestanden van hun register gelden."""
    found = [_owner(one) for one in (await context.reader.owners()).known]
    return answers.listing(context, Eigenaar, found, await context.meta("gegevens"))


@router.get(
    "/eigenaren/{eigenaar}",
    operation_id="eigenaar",
    summary="Eén eigenaar",
    response_model=Eigenaar,
    responses=described(400, 404),
)
async def owner(
    context: Context,
    eigenaar: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,60}$", description="Kenmerk, zoals in de lijst.")],
) -> Response:
    """Geef één eigenaar."""
    found = await context.owner_of("owner", eigenaar)
    return answers.one(context, _owner(found), await context.meta("gegevens", found))


def _owner(one: PublishedOwner) -> Eigenaar:
    return Eigenaar(
        id=one.owner,
        naam=one.name,
        soort=_KINDS[one.kind],
        gastheer=one.host,
        uitgever=one.publisher,
        contact=one.contact_email,
        contact_adres=one.contact_url,
        licentie=licence_url(one.licence),
        bronvermelding=list(one.attributions),
        tijdzone=one.timezone,
        registerstaat=one.applied_state,
        toegepast_tijd=one.applied_at,
        toelichting=one.note,
    )
