"""`/telpunten/{id}/tellingen`: what a site counted, every expected interval a row."""

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata.database import Row
from opendata.v1 import as_of, series
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import WIDTHS, Interval, Span, row_length, since, span
from opendata.v1.models import Fout, Telling
from opendata.v1.parameters import CountQuestion, Id
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context
from opendata.v1.rows import common, number
from opendata.v1.series import Series
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import MODES

router = APIRouter(tags=["telpunten"])
_QUERIES: Final = {
    Interval.KWARTIER: "count_quarters",
    Interval.UUR: "count_hours",
    Interval.DAG: "count_days",
}
_DIRECTED: Final = {Interval.KWARTIER: "count_quarters", Interval.UUR: "count_hours_directed"}
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
    mode, width = MODES[question.vervoerwijze], WIDTHS[question.interval]
    await context.found("sites", "Telpunt", "/v1/telpunten", site=telpunt)
    zone = await context.zone()
    streams = await context.store.row("count_streams", site=telpunt, mode=mode, unit=width.unit, zone=zone.key) or {}
    reference = as_of.of(question.peil_tijd, context.now)
    covered = span(question.start_tijd, reference.end(question.eind_tijd), question.interval, context.now, zone)
    _judge(question, streams, covered)
    covered = since(covered, streams.get("valid_from"), question.interval)
    unit = texts()(f"unit.{mode}")
    values: dict[str, Any] = {
        "site": telpunt,
        "mode": mode,
        "direction": question.richting,
        "now": context.now,
        "zone": zone.key,
        "unit": width.bucket,
        "at": reference.at,
    }

    def shape(row: Row) -> Telling:
        return Telling(**common(row, context.now), waarde=number(row["value"]), eenheid=unit)

    meta = await context.meta(
        "tellingen",
        telpunt=telpunt,
        vervoerwijze=question.vervoerwijze.value,
        richting=question.richting or "alle",
        interval=question.interval.value,
        peilTijd=reference.word,
    )
    found = Series(
        about=AnswerSubject("site", telpunt, mode, question.richting),
        span=covered,
        interval=question.interval,
        length=row_length(covered, question.interval),
        zone=zone,
        query=_query(question),
        values=values,
        reference=reference,
        kind=Telling,
        shape=shape,
        meta=meta,
    )
    return await series.answer(context, question, found)


def _query(question: CountQuestion) -> str:
    if question.richting:
        return _DIRECTED.get(question.interval, "count_days_directed")
    return _QUERIES.get(question.interval, "count_periods")


def _judge(question: CountQuestion, streams: Any, covered: Span) -> None:  # noqa: ANN401 - a row of the store
    """Refuse a direction that is not there, or one for longer than its quarters can be added up."""
    if question.richting and question.richting not in (streams.get("directions") or []):
        known = ", ".join(sorted(streams.get("directions") or [])) or "geen"
        raise MistakesError(Fout(parameter="richting", melding=f"bestaat hier niet; bekend: {known}."))
    if question.richting or question.interval is Interval.KWARTIER:
        as_of.present(
            question, "kan niet bij kwartieren en bij één richting: daarvan blijven geen oude uitgaven bewaard."
        )
    longest = _LONGEST_DIRECTED - WIDTHS[question.interval].looking_back
    if question.richting and covered.end - covered.start > longest:
        raise MistakesError(
            Fout(parameter="startTijd", melding=f"met een richting ten hoogste {longest.days} dagen tegelijk.")
        )
