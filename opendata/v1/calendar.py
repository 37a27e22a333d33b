"""`/kalender`: holidays, works and events, with what they do to the indicators."""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from opendata import read
from opendata.read.calendar import PublishedCalendarEntry
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.instants import Day
from opendata.v1.models import Fout, Public
from opendata.v1.parameters import OwnersQuestion
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context

router = APIRouter(tags=["kalender"])
Soort: TypeAlias = Literal["feestdag", "schoolvakantie", "werkzaamheden", "evenement"]
Gevolg: TypeAlias = Literal["vermeld", "uitgesloten"]
_KINDS: Final[dict[str, Soort]] = {
    "public_holiday": "feestdag",
    "school_holiday": "schoolvakantie",
    "works": "werkzaamheden",
    "event": "evenement",
}
_EFFECTS: Final[dict[str, Gevolg]] = {"annotate": "vermeld", "exclude": "uitgesloten"}


class Kalenderregel(Public):
    """Days that are unlike others."""

    id: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    soort: Soort
    naam: str
    begin_datum: date
    eind_datum: date = Field(description="Laatste dag, inclusief.")
    telpunten: list[str] = Field(description="Waar het geldt; zonder telpunten en wegvakken overal bij de eigenaar.")
    wegvakken: list[str]
    gevolg: Gevolg = Field(
        description="`uitgesloten`: deze dagen tellen niet mee in wat gewoon is. `vermeld`: alleen ter verklaring; "
        "feestdagen en schoolvakanties blijven wel buiten verhoudingen die van werkdagen uitgaan."
    )
    toelichting: str


class CalendarQuestion(OwnersQuestion):
    """Which days are asked about."""

    row_shape = Kalenderregel

    start_datum: Day | None = Field(None, description="Regels die op deze dag nog duren of later beginnen.")
    eind_datum: Day | None = Field(None, description="Regels die op of voor deze dag beginnen; hij hoort er dus bij.")


@router.get(
    "/kalender",
    operation_id="kalender",
    summary="Feestdagen, schoolvakanties, werkzaamheden en evenementen",
    response_model=answer(Kalenderregel),
    responses=described(400, 404, 406, csv=True),
)
async def calendar(context: Context, question: Annotated[CalendarQuestion, Query()]) -> Response:
    """Geef de dagen die anders zijn dan andere, op volgorde van hun begin."""
    start, end = question.start_datum, question.eind_datum
    if start and end and start > end:
        raise MistakesError(Fout(parameter="startDatum", melding="ligt na eindDatum; draai ze om."))
    rows, owners = await context.owned(await read.calendar.between(context.store, start, end), question.eigenaar)
    return answers.listing(
        context, Kalenderregel, [_entry(one) for one in rows], await context.meta("kalender", owners)
    )


def _entry(row: PublishedCalendarEntry) -> Kalenderregel:
    return Kalenderregel(
        id=row.entry,
        eigenaar=row.owner,
        soort=_KINDS[row.kind],
        naam=row.name,
        begin_datum=row.first_day,
        eind_datum=row.last_day,
        telpunten=list(row.sites),
        wegvakken=list(row.links),
        gevolg=_EFFECTS[row.effect],
        toelichting=row.note,
    )
