"""`/meetstations`: where air is measured, and its hourly means."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata.database import Row
from opendata.v1 import answers, as_of, series
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.basis import basis
from opendata.v1.intervals import WIDTHS, Interval, Span, span
from opendata.v1.models import Fout, Luchtmeting, Meetreeks, Meetstation, Punt
from opendata.v1.parameters import AirQuestion, Id, Laag, Question
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import Series
from opendata.v1.subject_progress import AnswerSubject
from opendata.v1.terms import sources
from opendata.vocabulary import LAYERS, STATIONS, SURROUNDINGS, herkomst

router = APIRouter(tags=["meetstations"])


@router.get(
    "/meetstations",
    operation_id="meetstations",
    summary="Alle meetstations",
    response_model=answer(Meetstation),
    responses=described(400, 406, csv=True),
)
async def stations(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef alle meetstations met hun meetreeksen."""
    rows = await context.store.rows("stations", station=None)
    return answers.listing(context, Meetstation, [_station(row) for row in rows], await context.meta("lucht"))


@router.get(
    "/meetstations/{meetstation}",
    operation_id="meetstation",
    summary="Eén meetstation",
    response_model=Meetstation,
    responses=described(400, 404),
)
async def station(context: Context, meetstation: Id) -> Response:
    """Geef één meetstation."""
    return answers.one(context, _station(await _found(context, meetstation)), await context.meta("lucht"))


@router.get(
    "/meetstations/{meetstation}/metingen",
    operation_id="metingen",
    summary="Uurgemiddelden van een meetstation",
    response_model=answer(Luchtmeting),
    responses=described(400, 404, 406, csv=True),
)
async def readings(context: Context, meetstation: Id, question: Annotated[AirQuestion, Query()]) -> Response:
    """Geef uurgemiddelden per stof. Onder 75 % dekking is de waarde `null`, met de reden."""
    measured = [one["quantity"] for one in (await _found(context, meetstation))["series"]]
    if question.stof and question.stof not in measured:
        raise MistakesError(
            Fout(parameter="stof", melding=f"wordt hier niet gemeten; bekend: {', '.join(measured) or 'geen'}.")
        )
    zone, width = await context.zone(), WIDTHS[Interval.UUR]
    await _judge_layer(context, meetstation, question)
    reference = as_of.of(question.peil_tijd, context.now)
    covered = span(question.start_tijd, reference.end(question.eind_tijd), Interval.UUR, context.now, zone)
    first = await context.store.row("air_start", station=meetstation) or {}
    covered = Span(max(covered.start, first.get("valid_from") or covered.end), covered.end)

    meta = await context.meta("lucht", meetstation=meetstation, interval="uur", peilTijd=reference.word)
    found = Series(
        about=AnswerSubject("station", meetstation, question.stof if question.laag is Laag.GEMETEN else None),
        span=covered,
        interval=Interval.UUR,
        length=width.length / (1 if question.stof else max(1, len(measured))),
        zone=zone,
        query="air_hours",
        values={"station": meetstation, "quantity": question.stof, "layer": LAYERS[question.laag], "at": reference.at},
        reference=reference,
        kind=Luchtmeting,
        shape=lambda row: _reading(row, question.laag.value, context.now),
        meta=meta,
    )
    return await series.answer(context, question, found)


async def _judge_layer(context: Context, meetstation: str, question: AirQuestion) -> None:
    """Refuse a layer that the station does not have."""
    known = {row["layer"] for row in await context.store.rows("air_layers", station=meetstation)} | {"measured"}
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


async def _found(context: Context, meetstation: str) -> Row:
    return await context.found("stations", "Meetstation", "/v1/meetstations", station=meetstation)


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
