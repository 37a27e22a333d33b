"""`/meetstations/{id}/luchtindex`: the Dutch and the European index by the hour, each with the version of its table."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata.database import Row
from opendata.v1 import as_of, series
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.basis import basis
from opendata.v1.indicator_models import Luchtindex
from opendata.v1.intervals import WIDTHS, Interval, since, span
from opendata.v1.parameters import Id, IndexQuestion
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import Series
from opendata.v1.subject_progress import AnswerSubject
from schemas.air_indices import SCHEMES

router = APIRouter(tags=["meetstations"])


@router.get(
    "/meetstations/{meetstation}/luchtindex",
    operation_id="luchtindex",
    summary="Luchtkwaliteitsindexen van een meetstation",
    response_model=answer(Luchtindex),
    responses=described(400, 404, 406, csv=True),
)
async def indices(context: Context, meetstation: Id, question: Annotated[IndexQuestion, Query()]) -> Response:
    """Geef de LKI en de EAQI per uur. Zonder de nodige stoffen is de waarde `null`, met de reden."""
    await context.found("stations", "Meetstation", "/v1/meetstations", station=meetstation)
    zone, reference = await context.zone(), as_of.of(question.peil_tijd, context.now)
    covered = span(question.start_tijd, reference.end(question.eind_tijd), Interval.UUR, context.now, zone)
    first = await context.store.row("air_start", station=meetstation) or {}
    covered = since(covered, first.get("valid_from"), Interval.UUR)

    meta = await context.meta(
        "kengetal-luchtkwaliteitsindex", meetstation=meetstation, interval="uur", peilTijd=reference.word
    )
    found = Series(
        about=AnswerSubject("station", meetstation),
        span=covered,
        interval=Interval.UUR,
        length=WIDTHS[Interval.UUR].length / (1 if question.tabel else len(SCHEMES)),
        zone=zone,
        query="air_indices",
        values={"station": meetstation, "scheme": question.tabel, "at": reference.at},
        reference=reference,
        kind=Luchtindex,
        shape=lambda row: _index(row, context.now),
        meta=meta,
    )
    return await series.answer(context, question, found)


def _index(row: Row, now: datetime) -> Luchtindex:
    return Luchtindex(
        **common(row, now),
        tabel=row["scheme"],
        waarde=row["value"],
        niveau=texts()(f"level.{row['level']}") if row["level"] else None,
        niveau_code=row["level"],
        grondslag=basis(row["basis"]),
        regel=row["rule"],
    )
