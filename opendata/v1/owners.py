"""`/eigenaren`: who answers for the numbers, under which terms, and which of their files are in force."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from opendata import read
from opendata.read.owners import PublishedOwner, PublishedWaitingPlace
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Public, Utc
from opendata.v1.parameters import Question
from opendata.v1.request_context import Context
from opendata.vocabulary import KINDS, licence_url

router = APIRouter(tags=["eigenaren"])
Soort: TypeAlias = Literal["gemeente", "provincie", "vereniging"]
_KINDS: Final = MappingProxyType[str, Soort](
    {"municipality": "gemeente", "province": "provincie", "association": "vereniging"}
)


class Kalibratie(Public):
    """By which factors counts of bicycles may be off."""

    laag: float = Field(description="Kleinste factor op getelde fietsers, hoogstens 1.")
    hoog: float = Field(description="Grootste factor, minstens 1.")


class Wachtend(Public):
    """A route or a screenline that waits for places of others."""

    soort: Literal["doorfietsroute", "tellijn"]
    id: str
    ontbreekt: list[str] = Field(description="Kenmerken van de wegvakken of telpunten die niemand nog beschreef.")


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
    kalibratie: Kalibratie = Field(
        description="Hoe ver een telling van fietsers ernaast kan zitten; zie `/fietsaandeel`."
    )
    registerstaat: str = Field(description="SHA-256 over de bestanden van het register die nu gelden.")
    toegepast_tijd: Utc | None = Field(description="Sinds wanneer zij gelden.")
    wachtend: list[Wachtend] = Field(description="Routes en tellijnen die er zijn zodra beschreven is wat ontbreekt.")
    toelichting: str


class OwnerListQuestion(Question):
    """All owners."""

    row_shape = Eigenaar


@router.get(
    "/eigenaren",
    operation_id="eigenaren",
    summary="Alle eigenaren",
    response_model=answer(Eigenaar),
    responses=described(400, 406, csv=True),
)
async def owners(context: Context, _: Annotated[OwnerListQuestion, Query()]) -> Response:
    """Geef wie voor de cijfers instaan, onder welke voorwaarden, en welke bestanden van hun register gelden."""
    owners = (await context.reader.owners()).known
    waiting = await read.owners.waiting_places(context.store, None)
    found = [_owner(one, waiting) for one in owners]
    return answers.listing(context, Eigenaar, found, await context.meta("gegevens", owners))


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
    """Geef één eigenaar, met de routes en tellijnen die nog op plaatsen van anderen wachten."""
    found = await context.owner_of("owner", eigenaar)
    waiting = await read.owners.waiting_places(context.store, found.owner)
    return answers.one(context, _owner(found, waiting), await context.meta("gegevens", [found]))


def _waiting(one: PublishedWaitingPlace) -> Wachtend:
    kind: Any = KINDS[one.kind]
    return Wachtend(soort=kind, id=one.subject, ontbreekt=list(one.missing))


def _owner(one: PublishedOwner, waiting: Sequence[PublishedWaitingPlace]) -> Eigenaar:
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
        kalibratie=Kalibratie(laag=one.calibration_low, hoog=one.calibration_high),
        registerstaat=one.applied_state,
        toegepast_tijd=one.applied_at,
        wachtend=[_waiting(place) for place in waiting if place.owner == one.owner],
        toelichting=one.note,
    )
