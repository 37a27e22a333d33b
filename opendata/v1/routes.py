"""`/doorfietsroutes`: named chains of links, and how they are used."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from opendata.database import Row
from opendata.processing import Processing
from opendata.reasons import fields, own
from opendata.v1 import answers, as_of, series, subject_progress
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import WIDTHS, Interval, Span, span
from opendata.v1.models import Dekking, Doorfietsroute, Gebruik, Wegvak, Wegvakdag
from opendata.v1.models import Row as Rij
from opendata.v1.parameters import Id, Question, UsageQuestion
from opendata.v1.request_context import Context
from opendata.v1.rows import common, number
from opendata.v1.series import Series
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import ASSUMED, MEASURED, PARTIAL, UNPROCESSED, kind, place

router = APIRouter(tags=["doorfietsroutes"])


@router.get(
    "/doorfietsroutes",
    operation_id="doorfietsroutes",
    summary="Alle doorfietsroutes",
    response_model=answer(Doorfietsroute),
    responses=described(400, 406, csv=True),
)
async def routes(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef alle doorfietsroutes met hun wegvakken op volgorde."""
    rows = await context.store.rows("routes", route=None)
    return answers.listing(context, Doorfietsroute, [_route(row) for row in rows], await context.meta("doorfietsroute"))


@router.get(
    "/doorfietsroutes/{doorfietsroute}",
    operation_id="doorfietsroute",
    summary="Eén doorfietsroute",
    response_model=Doorfietsroute,
    responses=described(400, 404),
)
async def route(context: Context, doorfietsroute: Id) -> Response:
    """Geef één doorfietsroute."""
    return answers.one(context, _route(await _found(context, doorfietsroute)), await context.meta("doorfietsroute"))


@router.get(
    "/doorfietsroutes/{doorfietsroute}/gebruik",
    operation_id="gebruik",
    summary="Gebruik per lokale dag",
    response_model=answer(Gebruik),
    responses=described(400, 404, 406, csv=True),
)
async def usage(context: Context, doorfietsroute: Id, question: Annotated[UsageQuestion, Query()]) -> Response:
    """Geef fietskilometers en verhoudingen per dag, met de wegvakken erbij (in JSON)."""
    await _found(context, doorfietsroute)
    zone, width = await context.zone(), WIDTHS[Interval.DAG]
    reference = as_of.of(question.peil_tijd, context.now)
    covered = span(question.start_tijd, reference.end(question.eind_tijd), Interval.DAG, context.now, zone)
    first = await context.store.row("usage_start", route=doorfietsroute, zone=zone.key) or {}
    covered = Span(max(covered.start, first.get("valid_from") or covered.end), covered.end)

    meta = await context.meta("doorfietsroute", doorfietsroute=doorfietsroute, interval="dag", peilTijd=reference.word)
    found = Series(
        about=AnswerSubject("route", doorfietsroute),
        span=covered,
        interval=Interval.DAG,
        length=width.length,
        zone=zone,
        query="usage_days",
        number="bicycle_km",
        values={"route": doorfietsroute, "zone": zone.key, "at": reference.at},
        reference=reference,
        kind=Gebruik,
        shape=lambda row: _usage(row, _shared(row, context.now)),
        checked=_checked,
        meta=meta,
    )
    return await series.answer(context, question, found)


async def _found(context: Context, doorfietsroute: str) -> Row:
    return await context.found("routes", "Doorfietsroute", "/v1/doorfietsroutes", route=doorfietsroute)


def _shared(row: Row, now: datetime) -> dict[str, Any]:
    """Give what all rows share; of a day that is not over, that reason comes first."""
    shared = common(row, now)
    checked = {**shared, **_kind(row)}
    return {**checked, **{name: shared[name] for name in fields(None)}} if row["ended_at"] > now else checked


def _kind(row: Row) -> dict[str, Any]:
    """Say what an indicator is and why: withheld is never measured, and what was assumed is named."""
    if row["bicycle_km"] is None:
        return {"aard": PARTIAL, **fields(row["reason"])} if row["valid"] else {}
    if not row["assumed_km"]:
        return {}
    aard = kind(row["valid"], row["expected"])
    why = own("kilometres_assumed", assumed=row["assumed_km"], length=row["length_km"])
    return {"aard": ASSUMED if aard == MEASURED else aard, **fields(why)}


def _usage(row: Row, shared: dict[str, Any]) -> Gebruik:
    return Gebruik(
        **shared,
        fietskilometers=row["bicycle_km"],
        gemeten_fietskilometers=row["measured_bicycle_km"],
        gewogen_gemiddelde=row["mean_cyclists"],
        doorgaande_verhouding=row["through_ratio"],
        gelijkmatigheid=row["uniformity"],
        groen_aandeel=row["green_share"],
        lengte_km=row["length_km"],
        gemeten_km=row["measured_km"],
        verondersteld_km=row["assumed_km"],
        ontbrekend_km=row["missing_km"],
        wegvakken=[_link_day(link) for link in row["links"]],
    )


def _checked(day: Rij, row: Row, processing: Processing, number: str) -> Gebruik:
    """Say of a day, and of its links, that a number that is not there may come yet."""
    used = subject_progress.with_processing(day, row, processing, number)
    assert isinstance(used, Gebruik)  # noqa: S101 - the shape of this series
    if not processing.lacks(row["started_at"], row["ended_at"]):
        return used
    links = [
        link if link.fietsers is not None else link.model_copy(update={"aard": UNPROCESSED}) for link in used.wegvakken
    ]
    return used.model_copy(update={"wegvakken": links})


def _link_day(link: Row) -> Wegvakdag:
    present = link["cyclists"] is not None
    return Wegvakdag(
        wegvak=link["link"],
        naam=link["name"],
        fietsers=number(link["cyclists"]),
        aard="geen meting" if not present else "gemeten" if link["measured"] else "verondersteld",
        geteld_op=link["counted_on"],
        lengte_km=link["length_km"],
        groen=link["green"],
        dekking=Dekking.of(link["valid"], link["expected"]),
    )


def _route(row: Row) -> Doorfietsroute:
    return Doorfietsroute(
        id=row["route"],
        naam=row["name"],
        lengte_km=row["length_km"],
        gemeten_km=row["measured_km"],
        voorbeeld=row["illustrative"],
        toelichting=row["note"],
        wegvakken=[link_of(link) for link in row["links"]],
    )


def link_of(link: Row) -> Wegvak:
    """Give the public shape of a link."""
    return Wegvak(
        id=link["link"],
        naam=link["name"],
        van=place(link["start_place"]),
        naar=place(link["end_place"]),
        lengte_km=link["length_km"],
        groen=link["green"],
        groenheid=link["greenery"],
        breedte_meter=link["width_m"],
        voorrang=link["priority"],
        asfalt=link["asphalt"],
        telpunt=link["site"],
        verondersteld_naar=link["assumed_from"],
        omrijfactor=link["detour"],
        openings_datum=link["opened"],
        voorbeeld=link["illustrative"],
    )
