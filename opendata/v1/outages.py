"""`/storingen`: when feeds were silent, stuck, dead or otherwise not as they should be, and which are now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from locales import texts
from opendata import read
from opendata.read.feeds import FeedOutage, OutageKey, OutageQuestion
from opendata.reasons import of_feed
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.datastreams import there
from opendata.v1.instants import Instant
from opendata.v1.intervals import RangeRefusedError
from opendata.v1.models import Public, Utc, zulu
from opendata.v1.parameters import Key, OwnerId, Paged
from opendata.v1.request_context import Context
from opendata.v1.rows import period
from opendata.vocabulary import OUTAGES, STORING, VERVOERWIJZE

router = APIRouter(tags=["meetreeksen"])
Storingsoort: TypeAlias = Literal[
    "stil", "laat", "klok", "vast", "dood", "verdacht", "gedeeltelijk", "nooit-ontvangen", "onderhoud"
]
_DEFAULT_SPAN: Final = timedelta(days=31)


class Storing(Public):
    """A run in which one series of a place was not as it should be."""

    telpunt: str | None = Field(description="Kenmerk van het telpunt, of null bij een meetstation.")
    meetstation: str | None = Field(description="Kenmerk van het meetstation, of null bij een telpunt.")
    naam: str = Field(description="Naam van de plaats.")
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    kanaal: str | None = Field(description="Kenmerk van het telkanaal, zoals in `/meetreeksen`.")
    richting: str | None
    grootheid: str = Field(description="De vervoerwijze die geteld wordt, of de stof die gemeten wordt.")
    soort: Storingsoort
    soort_tekst: str = Field(description="De soort in woorden.")
    start_tijd: Utc = Field(description="Sinds wanneer.")
    eind_tijd: Utc | None = Field(description="Tot wanneer; null zolang het duurt.")
    reden: str | None = Field(description="Wat er gemeten is, in woorden.")
    reden_code: str | None = Field(description="De code van de reden; `reden` is haar tekst.")
    reden_parameters: dict[str, Any] = Field(description="De getallen en namen in die tekst.")


class OutagesQuestion(Paged):
    """Which outages are asked about."""

    row_shape = Storing

    start_tijd: Instant | None = Field(
        None, description="Storingen die op deze tijd nog duurden of later begonnen; standaard 31 dagen voor eindTijd."
    )
    eind_tijd: Instant | None = Field(None, description="Storingen die voor deze tijd begonnen; standaard nu.")
    toestand: Literal["open", "voorbij"] | None = Field(None, description="Alleen wat nog duurt, of wat voorbij is.")
    soort: Storingsoort | None = Field(None, description="Eén soort storing; standaard alle.")
    telpunt: Key | None = Field(None, description="Alleen van dit telpunt.")
    meetstation: Key | None = Field(None, description="Alleen van dit meetstation.")
    eigenaar: OwnerId | None = Field(None, description="Kenmerk van één eigenaar, uit `/eigenaren`; standaard alle.")


@router.get(
    "/storingen",
    operation_id="storingen",
    summary="Storingen van meetreeksen",
    response_model=answer(Storing),
    responses=described(400, 404, 406, csv=True),
)
async def outages(context: Context, question: Annotated[OutagesQuestion, Query()]) -> Response:
    """Geef storingen die duren en die voorbij zijn, de nieuwste eerst; een andere soort is een andere rij.

    Wat duurt, is beoordeeld op dit moment; wat voorbij is, blijft 400 dagen bewaard. Een reeks die elders is opgenomen
    is nooit stil, laat of gedeeltelijk. De teksten zijn Nederlands, of Engels voor wie dat met `Accept-Language`
    vraagt; `Content-Language` zegt welke taal.
    """
    locale = context.locale
    await there(context, question.telpunt, question.meetstation)
    wanted = _wanted(question, context.now)

    async def fetch(place: str | None, most: int) -> Sequence[tuple[str, Storing]]:
        found = await read.feeds.outages(context.store, wanted, _key(place), most)
        return [(f"{zulu(one.since)}|{one.datastream}|{one.status}", _outage(one, locale)) for one in found]

    if question.eigenaar is not None:
        owners = [await context.owner_of("owner", question.eigenaar)]
    else:
        owners = list((await context.reader.owners()).known)
    meta = await context.meta(
        "gegevens", owners, telpunt=question.telpunt, meetstation=question.meetstation, soort=question.soort
    )
    context.rests_on_what_nobody_tells()
    covered = period(question.start_tijd, question.eind_tijd, wanted.start, wanted.end)
    meta = context.spoken(meta, "gegevens", locale).model_copy(update={"periode": covered})
    answer = await answers.keyed(context, question, kind=Storing, fetch=fetch, meta=meta)
    return answers.spoken(answer, locale)


def _wanted(question: OutagesQuestion, now: datetime) -> OutageQuestion:
    """Complete the question; raise where it is backwards."""
    end = min(question.eind_tijd or now, now)
    start = question.start_tijd or end - _DEFAULT_SPAN
    if start > (question.eind_tijd or now):
        raise RangeRefusedError("startTijd", "ligt na eindTijd; draai ze om.")
    place = ("site", question.telpunt) if question.telpunt else ("station", question.meetstation)
    return OutageQuestion(
        statuses=[OUTAGES[question.soort]] if question.soort else list(OUTAGES.values()),
        start=start,
        end=end,
        going_on=None if question.toestand is None else question.toestand == "open",
        place=place if place[1] else None,  # type: ignore[arg-type] # one of them is named
        owner=question.eigenaar,
    )


def _key(place: str | None) -> OutageKey | None:
    if place is None:
        return None
    since, datastream, status = place.split("|")
    return OutageKey(datetime.fromisoformat(since), int(datastream), status)


def _outage(row: FeedOutage, locale: str) -> Storing:
    return Storing(
        telpunt=row.place if row.kind == "site" else None,
        meetstation=row.place if row.kind == "station" else None,
        naam=row.name,
        eigenaar=row.owner,
        kanaal=row.channel,
        richting=row.direction,
        grootheid=VERVOERWIJZE.get(row.quantity, row.quantity),
        soort=STORING[row.status],  # type: ignore[arg-type] # the table holds these words only
        soort_tekst=texts(locale)(f"status.{row.status}"),
        start_tijd=row.since,
        eind_tijd=row.until,
        reden=of_feed(row.reason, locale),
        reden_code=row.reason.code if row.reason else None,
        reden_parameters=dict(row.reason.parameters) if row.reason else {},
    )
