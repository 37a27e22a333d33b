"""`/telpunten`: the places where passages are counted."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from opendata import read
from opendata.read.sites import ChannelPeriod, PublishedSite
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Meetperiode, Punt, Telkanaal, Telpunt
from opendata.v1.parameters import Id, MapQuestion
from opendata.v1.request_context import Context
from opendata.v1.terms import source
from opendata.vocabulary import HERKOMST, VERVOERWIJZE

router = APIRouter(tags=["telpunten"])


@router.get(
    "/telpunten",
    operation_id="telpunten",
    summary="Alle telpunten",
    response_model=answer(Telpunt),
    responses=described(400, 406, csv=True, geojson=True),
)
async def sites(context: Context, _: Annotated[MapQuestion, Query()]) -> Response:
    """Geef alle telpunten met hun kanalen, ook als GeoJSON."""
    form = context.form("json", "csv", "geojson")
    found = [_site(one) for one in await read.sites.every(context.store)]
    meta = await context.meta("telpunten")
    if form == "geojson":
        answer = JSONResponse(_collection(found), media_type="application/geo+json", headers=answers.terms(meta))
        return answers.tagged(context, answer)
    return answers.listing(context, Telpunt, found, meta)


@router.get(
    "/telpunten/{telpunt}",
    operation_id="telpunt",
    summary="Eén telpunt",
    response_model=Telpunt,
    responses=described(400, 404),
)
async def site(context: Context, telpunt: Id) -> Response:
    """Geef één telpunt met zijn kanalen en meetperioden."""
    found = context.there(await read.sites.one(context.store, telpunt), "site", telpunt)
    return answers.one(context, _site(found), await context.meta("telpunten", await context.owner(found.owner)))


def _site(row: PublishedSite) -> Telpunt:
    found = [_channel(periods) for periods in row.by_channel()]
    return Telpunt(
        id=row.site,
        naam=row.name,
        eigenaar=row.owner,
        wijk=row.district,
        geometrie=Punt(coordinates=[row.longitude, row.latitude]),
        voorbeeld=row.illustrative,
        toelichting=row.note,
        vervoerwijzen=sorted({channel.vervoerwijze for channel in found}),
        telkanalen=found,
    )


def _channel(periods: list[ChannelPeriod]) -> Telkanaal:
    first = periods[0]
    return Telkanaal(
        id=first.channel,
        vervoerwijze=VERVOERWIJZE[first.mode],
        richting=first.direction,
        meetperioden=[
            Meetperiode(
                methode=period.method,
                herkomst=HERKOMST[period.origin],  # type: ignore[arg-type] # the table holds these words only
                interval_seconden=period.seconds,
                bron=source(period.terms),
                start_tijd=period.valid_from,
                eind_tijd=period.valid_until,
            )
            for period in periods
        ],
    )


def _collection(found: list[Telpunt]) -> dict[str, object]:
    features = [
        {
            "type": "Feature",
            "id": one.id,
            "geometry": one.geometrie.model_dump(),
            "properties": {
                name: value for name, value in answers.dumped(one).items() if name not in {"geometrie", "telkanalen"}
            },
        }
        for one in found
    ]
    return {"type": "FeatureCollection", "features": features}
