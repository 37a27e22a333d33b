"""`/meetstations`: where air is measured, and its hourly means."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata import read, vocabulary
from opendata.read.air import AirHour
from opendata.read.stations import PublishedStation
from opendata.read.terms import apart
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.basis import basis
from opendata.v1.intervals import Interval
from opendata.v1.models import Fout, Luchtmeting, Meetreeks, Meetstation, Punt
from opendata.v1.parameters import AirQuestion, Id
from opendata.v1.place_resource import PlaceResource
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import SeriesRequest, SeriesResource, SeriesResult
from opendata.v1.terms import source
from opendata.vocabulary import LAYERS, SURROUNDINGS, herkomst

router = APIRouter(tags=["meetstations"])


def _station(row: PublishedStation) -> Meetstation:
    return Meetstation(
        id=row.station,
        naam=row.name,
        eigenaar=row.owner,
        wijk=row.district,
        geometrie=Punt(coordinates=[row.longitude, row.latitude]),
        soort=vocabulary.STATIONS[row.kind],
        omgeving=SURROUNDINGS[row.environment],
        voorbeeld=row.illustrative,
        toelichting=row.note,
        meetreeksen=[
            Meetreeks(
                stof=one.quantity,
                naam=texts()(f"quantity.{one.quantity}"),
                eenheid=texts()(f"unit.{one.quantity}"),
                herkomst=herkomst(one.origins),  # type: ignore[arg-type] # the table holds these words only
                bronnen=[source(whose) for whose in apart(one.terms or ())],
            )
            for one in row.series
        ],
    )


STATIONS: Final = PlaceResource(
    kind="station",
    chapter="lucht",
    rows=Meetstation,
    every=read.stations.every,
    one=read.stations.one,
    shape=_station,
    all_of_them="Geef alle meetstations met hun meetreeksen.",
    one_of_them="Geef één meetstation.",
)
STATIONS.register(router)


@router.get(
    "/meetstations/{meetstation}/metingen",
    operation_id="metingen",
    summary="Uurgemiddelden van een meetstation",
    response_model=answer(Luchtmeting),
    responses=described(400, 404, 406, csv=True),
)
async def readings(context: Context, meetstation: Id, question: Annotated[AirQuestion, Query()]) -> Response:
    """Geef uurgemiddelden per stof. Onder 75 % dekking is de waarde `null`, met de reden."""
    return await READINGS.answer(context, meetstation, question)


async def _read(requested: SeriesRequest[AirQuestion]) -> SeriesResult[AirHour]:
    question, store = requested.question, requested.store
    station = requested.context.there(await read.stations.one(store, requested.name), "station", requested.name)
    measured = [one.quantity for one in station.series]
    _judge(question, measured, await read.air.layers(store, requested.name))
    return SeriesResult(
        reading=read.air.hours(
            requested.name,
            question.stof,
            LAYERS[question.laag],
            quantities=len(measured),
            at=requested.reference.at,
        ),
        interval=Interval.UUR,
        begins_at=await read.air.begins_at(store, requested.name),
        shape=lambda row: _reading(row, question.laag.value, requested.now),
        subject={"meetstation": requested.name, "interval": "uur"},
    )


READINGS: Final = SeriesResource(kind="station", chapter="lucht", rows=Luchtmeting, read=_read)


def _judge(question: AirQuestion, measured: Sequence[str], layers: Container[str]) -> None:
    """Refuse a quantity or a layer that the station does not have."""
    if question.stof and question.stof not in measured:
        raise MistakesError(
            Fout(parameter="stof", melding=f"wordt hier niet gemeten; bekend: {', '.join(measured) or 'geen'}.")
        )
    if LAYERS[question.laag] not in layers:
        there = ", ".join(public for public, inside in LAYERS.items() if inside in layers)
        raise MistakesError(Fout(parameter="laag", melding=f"is er hier niet; bekend: {there}."))


def _reading(row: AirHour, layer: str, now: datetime) -> Luchtmeting:
    return Luchtmeting(
        **common(row, now),
        stof=row.quantity,
        laag=layer,
        waarde=row.value,
        eenheid=texts()(f"unit.{row.quantity}"),
        grondslag=basis(row.basis),
    )
