"""`/meetstations/{id}/luchtindex`: the Dutch and the European index by the hour, each with the version of its table."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata import read
from opendata.read.air import AirIndexHour
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.basis import basis
from opendata.v1.indicator_models import Luchtindex
from opendata.v1.intervals import Interval
from opendata.v1.parameters import Id, IndexQuestion
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import SeriesRequest, SeriesResource, SeriesResult

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
    return await AIR_INDICES.answer(context, meetstation, question)


async def _read(requested: SeriesRequest[IndexQuestion]) -> SeriesResult[AirIndexHour]:
    return SeriesResult(
        reading=read.air.indices(requested.name, requested.question.tabel, at=requested.reference.at),
        interval=Interval.UUR,
        begins_at=await read.air.begins_at(requested.store, requested.name),
        shape=lambda row: _index(row, requested.now),
        subject={"meetstation": requested.name, "interval": "uur"},
    )


AIR_INDICES: Final = SeriesResource(kind="station", chapter="luchtkwaliteitsindex", rows=Luchtindex, read=_read)


def _index(row: AirIndexHour, now: datetime) -> Luchtindex:
    return Luchtindex(
        **common(row, now),
        tabel=row.scheme,
        waarde=row.value,
        niveau=texts()(f"level.{row.level}") if row.level else None,
        niveau_code=row.level,
        grondslag=basis(row.basis),
        regel=row.rule,
    )
