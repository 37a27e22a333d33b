"""`/wijzigingen`: every number that changed, in order of change, so that a copy need not be fetched again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from opendata import read
from opendata.read.changes import PublishedChange
from opendata.reasons import fields
from opendata.v1 import answers, instants
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.indicator_models import Wijziging
from opendata.v1.indicator_parameters import SLUGS, ChangeQuestion
from opendata.v1.indicator_values import facet_word
from opendata.v1.models import zulu
from opendata.v1.request_context import Context
from opendata.vocabulary import KENGETAL, KINDS, LAAG, PERIODS

router = APIRouter(tags=["wijzigingen"])
_KINDS = {public: inside for inside, public in KINDS.items()}


@router.get(
    "/wijzigingen",
    operation_id="wijzigingen",
    summary="Wat er veranderd is",
    response_model=answer(Wijziging),
    responses=described(400, 406, csv=True),
)
async def changes(context: Context, question: Annotated[ChangeQuestion, Query()]) -> Response:
    """Geef alles wat na een tijd veranderde, in volgorde, van welke dag het ook is.

    Volg `volgende` tot het eind en vraag daarna verder vanaf `meta.gewijzigdTot`. Zo mist u niets: er is één schrijver,
    die de ene transactie na de andere doet, en een rij draagt de tijd van haar transactie. Wat uit het register
    verdwijnt, staat er niet in.
    """
    until, after = await _until(context, question)
    kind = _KINDS[question.soort] if question.soort else None
    indicator = SLUGS[question.kengetal] if question.kengetal else None

    async def fetch(place: str | None, most: int) -> Sequence[tuple[str, Wijziging]]:
        last = place.partition("#")[2] if place else after
        rows = await read.changes.page(
            context.store,
            since=question.gewijzigd_sinds,
            until=until,
            begin=instants.read(last.partition("|")[0]) if last else None,
            after=last,
            most=most,
            kind=kind,
            indicator=indicator,
        )
        return [(f"{zulu(until)}#{row.key}", _change(row)) for row in rows]

    owners = (await context.reader.owners()).known
    meta = await context.meta("wijzigingen", owners, soort=question.soort, kengetal=question.kengetal)
    meta = meta.model_copy(update={"gewijzigd_tot": until})
    return await answers.keyed(context, question, kind=Wijziging, fetch=fetch, meta=meta)


async def _until(context: Context, question: ChangeQuestion) -> tuple[datetime, str | None]:
    """Give up to where all pages of a question go, so that none repeats what changed meanwhile, and its own start."""
    place = answers.place(context, question)
    if place:
        until, _, after = place.partition("#")
        return instants.read(until), after
    newest = await read.changes.newest(context.store)
    return max(newest or question.gewijzigd_sinds, question.gewijzigd_sinds), None


def _change(row: PublishedChange) -> Wijziging:
    return Wijziging(
        soort=KINDS[row.kind],
        onderwerp=row.subject,
        kengetal=KENGETAL[row.indicator],
        facet=_facet(row.facet),
        periode=PERIODS[row.period],
        start_tijd=row.started_at,
        deel=row.part or None,
        waarde=row.value,
        vorige_waarde=row.value_before,
        **fields(row.withheld),
        revisie=row.revision,
        regel=row.rule,
        gewijzigd_tijd=row.computed_at,
    )


def _facet(facet: str) -> str | None:
    """Give the public word; a substance in another layer than measured has that behind a slash."""
    name, _, layer = facet.partition("/")
    word = facet_word(name)
    return f"{word}/{LAAG[layer]}" if layer else word
