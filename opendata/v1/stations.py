"""`/meetstations`: where air is measured, and its hourly means."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata.database import Row
from opendata.v1 import answers, past, series
from opendata.v1.asking import Asked
from opendata.v1.basis import basis
from opendata.v1.described import answer
from opendata.v1.described import answers as described
from opendata.v1.intervals import WIDTHS, Interval, Span, span
from opendata.v1.models import Fout, Luchtmeting, Meetreeks, Meetstation, Punt
from opendata.v1.parameters import AirQuestion, Id, Laag, Question
from opendata.v1.problems import MistakesError
from opendata.v1.processed import Subject
from opendata.v1.rows import common
from opendata.v1.series import Series
from opendata.v1.terms import sources
from opendata.words import LAYERS, STATIONS, SURROUNDINGS, herkomst

router = APIRouter(tags=["meetstations"])


@router.get(
    "/meetstations",
    operation_id="meetstations",
    summary="Alle meetstations",
    response_model=answer(Meetstation),
    responses=described(400, 406, csv=True),
)
async def stations(asked: Asked, _: Annotated[Question, Query()]) -> Response:
    """Geef alle meetstations met hun meetreeksen."""
    rows = await asked.store.rows("stations", station=None)
    return answers.listing(asked, Meetstation, [_station(row) for row in rows], await asked.meta("lucht"))


@router.get(
    "/meetstations/{meetstation}",
    operation_id="meetstation",
    summary="Eén meetstation",
    response_model=Meetstation,
    responses=described(400, 404),
)
async def station(asked: Asked, meetstation: Id) -> Response:
    """Geef één meetstation."""
    return answers.one(asked, _station(await _found(asked, meetstation)), await asked.meta("lucht"))


@router.get(
    "/meetstations/{meetstation}/metingen",
    operation_id="metingen",
    summary="Uurgemiddelden van een meetstation",
    response_model=answer(Luchtmeting),
    responses=described(400, 404, 406, csv=True),
)
async def readings(asked: Asked, meetstation: Id, question: Annotated[AirQuestion, Query()]) -> Response:
    """Geef uurgemiddelden per stof. Onder 75 % dekking is de waarde `null`, met de reden."""
    measured = [one["quantity"] for one in (await _found(asked, meetstation))["series"]]
    if question.stof and question.stof not in measured:
        raise MistakesError(
            Fout(parameter="stof", melding=f"wordt hier niet gemeten; bekend: {', '.join(measured) or 'geen'}.")
        )
    zone, width = await asked.zone(), WIDTHS[Interval.UUR]
    await _judge_layer(asked, meetstation, question)
    then = past.then(question.peil_tijd, asked.now)
    covered = span(question.start_tijd, then.end(question.eind_tijd), Interval.UUR, asked.now, zone)
    first = await asked.store.row("air_start", station=meetstation) or {}
    covered = Span(max(covered.start, first.get("valid_from") or covered.end), covered.end)

    meta = await asked.meta("lucht", meetstation=meetstation, interval="uur", peilTijd=then.word)
    found = Series(
        about=Subject("station", meetstation, question.stof if question.laag is Laag.GEMETEN else None),
        span=covered,
        interval=Interval.UUR,
        length=width.length / (1 if question.stof else max(1, len(measured))),
        zone=zone,
        query="air_hours",
        values={"station": meetstation, "quantity": question.stof, "layer": LAYERS[question.laag], "at": then.at},
        then=then,
        kind=Luchtmeting,
        shape=lambda row: _reading(row, question.laag.value, asked.now),
        meta=meta,
    )
    return await series.answer(asked, question, found)


async def _judge_layer(asked: Asked, meetstation: str, question: AirQuestion) -> None:
    """Refuse a layer that the station does not have."""
    known = {row["layer"] for row in await asked.store.rows("air_layers", station=meetstation)} | {"measured"}
    if LAYERS[question.laag] not in known:
        there = ", ".join(public for public, inside in LAYERS.items() if inside in known)
        raise MistakesError(Fout(parameter="laag", melding=f"is er hier niet; bekend: {there}."))


def _reading(row: Row, layer: str, now: datetime) -> Luchtmeting:
    return Luchtmeting(
        **common(row, now),
        stof=row["quantity"],
        laag=layer,
        waarde=row["value"],
        eenheid=texts()(f"unit.{row['quantity']}"),
        grondslag=basis(row["basis"]),
    )


async def _found(asked: Asked, meetstation: str) -> Row:
    return await asked.found("stations", "Meetstation", "/v1/meetstations", station=meetstation)


def _station(row: Row) -> Meetstation:
    return Meetstation(
        id=row["station"],
        naam=row["name"],
        wijk=row["district"],
        geometrie=Punt(coordinates=[row["longitude"], row["latitude"]]),
        soort=STATIONS[row["kind"]],
        omgeving=SURROUNDINGS[row["environment"]],
        voorbeeld=row["illustrative"],
        toelichting=row["note"],
        meetreeksen=[
            Meetreeks(
                stof=one["quantity"],
                naam=texts()(f"quantity.{one['quantity']}"),
                eenheid=texts()(f"unit.{one['quantity']}"),
                herkomst=herkomst(one["origins"]),  # type: ignore[arg-type] # the table holds these words only
                bronnen=[source for row in one["terms"] for source in sources(row)],
            )
            for one in row["series"]
        ],
    )
