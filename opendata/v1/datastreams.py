"""`/meetreeksen`: what is counted and measured where, by which interval, since when and under which terms."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from locales import texts
from opendata import read
from opendata.freshness import REGISTRY
from opendata.read.datastreams import PublishedDatastream
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Bron, Fout, Meetvenster, Public, Utc
from opendata.v1.parameters import Key, OwnersQuestion
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context, RequestContext
from opendata.v1.rows import measuring_window, open_end
from opendata.v1.terms import source
from opendata.vocabulary import HERKOMST, LAAG, VERVOERWIJZE

router = APIRouter(tags=["meetreeksen"])


class Gegevensreeks(Public):
    """What is counted or measured in one period of the equipment of a place."""

    telpunt: str | None = Field(description="Kenmerk van het telpunt, of null bij een meetstation.")
    meetstation: str | None = Field(description="Kenmerk van het meetstation, of null bij een telpunt.")
    naam: str = Field(description="Naam van de plaats.")
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    kanaal: str | None = Field(description="Kenmerk van het telkanaal, dat blijft als het apparaat vervangen wordt.")
    richting: str | None
    grootheid: str = Field(description="De vervoerwijze die geteld wordt, of de stof die gemeten wordt.")
    eenheid: str
    laag: str = Field(description="Bij lucht: `gemeten` door de sensor, of gekalibreerd door de `uitgever`.")
    interval_seconden: int = Field(description="Lengte van één meetinterval.")
    meetvenster: Meetvenster = Field(description="Wanneer het apparaat kan meten.")
    methode: str
    herkomst: Literal["gemeten", "opgenomen", "gesimuleerd"]
    start_tijd: Utc = Field(description="Begin van de periode, inclusief.")
    eind_tijd: Utc | None = Field(description="Einde van de periode, exclusief; null als zij doorloopt.")
    bron: Bron = Field(description="Van wie de getallen zijn, en wat ermee mag.")


class DatastreamQuestion(OwnersQuestion):
    """Which datastreams are asked about."""

    row_shape = Gegevensreeks

    telpunt: Key | None = Field(None, description="Alleen van dit telpunt.")
    meetstation: Key | None = Field(None, description="Alleen van dit meetstation.")


@router.get(
    "/meetreeksen",
    operation_id="meetreeksen",
    summary="Alle meetreeksen",
    response_model=answer(Gegevensreeks),
    responses=described(400, 404, 406, csv=True),
)
async def datastreams(context: Context, question: Annotated[DatastreamQuestion, Query()]) -> Response:
    """Geef wat elk telpunt en elk meetstation meet, per periode van de apparatuur."""
    await there(context, question.telpunt, question.meetstation)
    found = await read.datastreams.every(context.store, site=question.telpunt, station=question.meetstation)
    rows, owners = await context.owned(found, question.eigenaar)
    meta = await context.meta("gegevens", owners, telpunt=question.telpunt, meetstation=question.meetstation)
    await context.rests_on(REGISTRY)
    return answers.listing(context, Gegevensreeks, [_datastream(one) for one in rows], meta)


async def there(context: RequestContext, site: str | None, station: str | None) -> None:
    """Raise when a place that is asked about is not there, and when two are."""
    if site is not None and station is not None:
        raise MistakesError(Fout(parameter="meetstation", melding="kan niet samen met telpunt; vraag één van beide."))
    for kind, name in (("site", site), ("station", station)):
        if name is not None:
            await context.owner_of(kind, name)


def _datastream(row: PublishedDatastream) -> Gegevensreeks:
    return Gegevensreeks(
        telpunt=row.place if row.kind == "site" else None,
        meetstation=row.place if row.kind == "station" else None,
        naam=row.name,
        eigenaar=row.owner,
        kanaal=row.channel,
        richting=row.direction,
        grootheid=VERVOERWIJZE.get(row.quantity, row.quantity),
        eenheid=texts()(f"unit.{row.quantity}"),
        laag=LAAG[row.layer],
        interval_seconden=row.seconds,
        meetvenster=measuring_window(row.measuring_window),
        methode=row.method,
        herkomst=HERKOMST[row.origin],  # type: ignore[arg-type] # the table holds these words only
        start_tijd=row.valid_from,
        eind_tijd=open_end(row.valid_until),
        bron=source(row.terms),
    )
