"""`/wegvakken`, `/verbindingen` and `/wijken`: what indicators are about, beside what counts and measures."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from opendata import read
from opendata.read.connections import Connection
from opendata.read.districts import PublishedDistrict
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.indicator_models import Verbinding, Wijk
from opendata.v1.models import Wegvak
from opendata.v1.parameters import Id, Question
from opendata.v1.request_context import Context
from opendata.v1.routes import link_of
from opendata.vocabulary import CONNECTIONS, place

router = APIRouter()


@router.get(
    "/wegvakken",
    tags=["doorfietsroutes"],
    operation_id="wegvakken",
    summary="Alle wegvakken",
    response_model=answer(Wegvak),
    responses=described(400, 406, csv=True),
)
async def links(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef alle wegvakken, met wat ze groen, veilig en vlot maakt."""
    found = [link_of(one) for one in await read.links.every(context.store)]
    return answers.listing(context, Wegvak, found, await context.meta("doorfietsroute"))


@router.get(
    "/wegvakken/{wegvak}",
    tags=["doorfietsroutes"],
    operation_id="wegvak",
    summary="Eén wegvak",
    response_model=Wegvak,
    responses=described(400, 404),
)
async def link(context: Context, wegvak: Id) -> Response:
    """Geef één wegvak."""
    found = context.there(await read.links.one(context.store, wegvak), "link", wegvak)
    return answers.one(context, link_of(found), await context.meta("doorfietsroute", await context.owner(found.owner)))


@router.get(
    "/verbindingen",
    tags=["doorfietsroutes"],
    operation_id="verbindingen",
    summary="Alle verbindingen",
    response_model=answer(Verbinding),
    responses=described(400, 406, csv=True),
)
async def connections(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef alle verbindingen binnen en tussen wijken, met het centrum en met de regio, met hun wegvakken."""
    found = [_connection(one) for one in await read.connections.every(context.store)]
    return answers.listing(context, Verbinding, found, await context.meta("doorfietsroute"))


@router.get(
    "/verbindingen/{verbinding}",
    tags=["doorfietsroutes"],
    operation_id="verbinding",
    summary="Eén verbinding",
    response_model=Verbinding,
    responses=described(400, 404),
)
async def connection(context: Context, verbinding: Id) -> Response:
    """Geef één verbinding met haar wegvakken."""
    found = context.there(await read.connections.one(context.store, verbinding), "connection", verbinding)
    meta = await context.meta("doorfietsroute", await context.owner(found.owner))
    return answers.one(context, _connection(found), meta)


@router.get(
    "/wijken",
    tags=["eigenaren"],
    operation_id="wijken",
    summary="Alle wijken",
    response_model=answer(Wijk),
    responses=described(400, 406, csv=True),
)
async def districts(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef alle wijken, met wat er telt en meet."""
    found = [_district(one) for one in await read.districts.every(context.store)]
    return answers.listing(context, Wijk, found, await context.meta("kengetallen"))


@router.get(
    "/wijken/{wijk}",
    tags=["eigenaren"],
    operation_id="wijk",
    summary="Eén wijk",
    response_model=Wijk,
    responses=described(400, 404),
)
async def district(
    context: Context,
    wijk: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,60}$", description="Kenmerk, zoals in de lijst.")],
) -> Response:
    """Geef één wijk."""
    found = context.there(await read.districts.one(context.store, wijk), "district", wijk)
    return answers.one(context, _district(found), await context.meta("kengetallen", await context.owner(found.owner)))


def _connection(row: Connection) -> Verbinding:
    return Verbinding(
        id=row.connection,
        naam=" – ".join(dict.fromkeys((place(row.one_place), place(row.other_place)))),  # noqa: RUF001 - a dash between names
        soort=CONNECTIONS[row.kind],
        van=place(row.one_place),
        naar=place(row.other_place),
        eigenaar=row.owner,
        lengte_km=row.length_km,
        gemeten_km=row.measured_km,
        groen_km=row.green_km,
        wegvakken=[link_of(one) for one in row.links],
    )


def _district(row: PublishedDistrict) -> Wijk:
    return Wijk(
        id=row.district,
        naam=row.name,
        eigenaar=row.owner,
        telpunten=list(row.sites),
        meetstations=list(row.stations),
    )
