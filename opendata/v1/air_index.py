"""`/meetstations/{id}/luchtindex`: the Dutch and the European index by the hour, each with the version of its table."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata.database import Row
from opendata.v1 import past, series
from opendata.v1.asking import Asked
from opendata.v1.basis import basis
from opendata.v1.described import answer
from opendata.v1.described import answers as described
from opendata.v1.figure_models import Luchtindex
from opendata.v1.intervals import WIDTHS, Interval, since, span
from opendata.v1.parameters import Id, IndexQuestion
from opendata.v1.processed import Subject
from opendata.v1.rows import common
from opendata.v1.series import Series
from schemas.air_indices import SCHEMES

router = APIRouter(tags=["meetstations"])


@router.get(
    "/meetstations/{meetstation}/luchtindex",
    operation_id="luchtindex",
    summary="Luchtkwaliteitsindexen van een meetstation",
    response_model=answer(Luchtindex),
    responses=described(400, 404, 406, csv=True),
)
async def indices(asked: Asked, meetstation: Id, question: Annotated[IndexQuestion, Query()]) -> Response:
    """Geef de LKI en de EAQI per uur. Zonder de nodige stoffen is de waarde `null`, met de reden."""
    await asked.found("stations", "Meetstation", "/v1/meetstations", station=meetstation)
    zone, then = await asked.zone(), past.then(question.peil_tijd, asked.now)
    covered = span(question.start_tijd, then.end(question.eind_tijd), Interval.UUR, asked.now, zone)
    first = await asked.store.row("air_start", station=meetstation) or {}
    covered = since(covered, first.get("valid_from"), Interval.UUR)

    meta = await asked.meta(
        "kengetal-luchtkwaliteitsindex", meetstation=meetstation, interval="uur", peilTijd=then.word
    )
    found = Series(
        about=Subject("station", meetstation),
        span=covered,
        interval=Interval.UUR,
        length=WIDTHS[Interval.UUR].length / (1 if question.tabel else len(SCHEMES)),
        zone=zone,
        query="air_indices",
        values={"station": meetstation, "scheme": question.tabel, "at": then.at},
        then=then,
        kind=Luchtindex,
        shape=lambda row: _index(row, asked.now),
        meta=meta,
    )
    return await series.answer(asked, question, found)


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
