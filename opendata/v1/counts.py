"""`/telpunten/{id}/tellingen`: what a site counted, every expected interval a row."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata import read
from opendata.database import NamedQueries
from opendata.read.buckets import Width
from opendata.read.counts import CountRow, CountStreams
from opendata.read.series import Series
from opendata.v1 import as_of
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import WIDTHS, Interval, Span
from opendata.v1.models import Fout, Telling
from opendata.v1.parameters import CountQuestion, Id
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import SeriesRequest, SeriesResource, SeriesResult
from opendata.vocabulary import MODES

router = APIRouter(tags=["telpunten"])
_LONGEST_DIRECTED: Final = timedelta(days=400)


@router.get(
    "/telpunten/{telpunt}/tellingen",
    operation_id="tellingen",
    summary="Tellingen van een telpunt",
    response_model=answer(Telling),
    responses=described(400, 404, 406, csv=True),
)
async def counts(context: Context, telpunt: Id, question: Annotated[CountQuestion, Query()]) -> Response:
    """Geef tellingen per kwartier, uur, lokale dag of langer. Een gat is `null` met een reden, nooit nul."""
    return await COUNTS.answer(context, telpunt, question)


async def _read(requested: SeriesRequest[CountQuestion]) -> SeriesResult[CountRow]:
    question, now = requested.question, requested.now
    mode, width = MODES[question.vervoerwijze], WIDTHS[question.interval].bucket
    registry = await requested.registry()
    streams = await read.counts.streams(registry, requested.name, mode, width, requested.zone)
    _judge(question, streams)
    unit = texts()(f"unit.{mode}")
    return SeriesResult(
        reading=_series(requested, registry, mode, width),
        lines=True,
        interval=question.interval,
        begins_at=streams.valid_from,
        shape=lambda row: Telling(**common(row, now), waarde=row.value, eenheid=unit),
        subject={
            "telpunt": requested.name,
            "vervoerwijze": question.vervoerwijze.value,
            "richting": question.richting or "alle",
            "interval": question.interval.value,
        },
        judge=lambda wanted: _judge_length(question, wanted),
    )


def _series(
    requested: SeriesRequest[CountQuestion], registry: NamedQueries, mode: str, width: Width
) -> Series[CountRow]:
    """Choose what is read: quarters and days of all directions as they are now are stored."""
    site, zone, now = requested.name, requested.zone, requested.now
    direction, at = requested.question.richting, requested.reference.at
    if direction is None and at is None and width == "quarter":
        return read.quarters.series(site, mode, registry=registry, now=now)
    if direction is None and at is None and width == "day":
        return read.days.series(site, mode, registry=registry, zone=zone, now=now)
    return read.counts.series(site, mode, width, zone=zone, now=now, direction=direction, at=at)


COUNTS: Final = SeriesResource(kind="site", chapter="tellingen", rows=Telling, read=_read)


def _judge(question: CountQuestion, streams: CountStreams) -> None:
    """Refuse a direction that is not there, and a moment where no past is kept."""
    if question.richting and question.richting not in (streams.directions or ()):
        known = ", ".join(sorted(streams.directions or ())) or "geen"
        raise MistakesError(Fout(parameter="richting", melding=f"bestaat hier niet; bekend: {known}."))
    if question.richting or question.interval is Interval.KWARTIER:
        as_of.present(
            question, "kan niet bij kwartieren en bij één richting: daarvan blijven geen oude uitgaven bewaard."
        )


def _judge_length(question: CountQuestion, wanted: Span) -> None:
    """Refuse one direction for longer than its quarters can be added up."""
    longest = _LONGEST_DIRECTED - WIDTHS[question.interval].looking_back
    if question.richting and wanted.end - wanted.start > longest:
        raise MistakesError(
            Fout(parameter="startTijd", melding=f"met een richting ten hoogste {longest.days} dagen tegelijk.")
        )
