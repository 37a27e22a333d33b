"""`/{telpunten|wegvakken|...}/{id}/kengetallen`: the indicators of one subject, with what each rests on."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from locales import texts
from opendata import read
from opendata.conditional import digest
from opendata.explained import explained
from opendata.local_days import midnight
from opendata.processing import Processing
from opendata.read.indicator_values import IndicatorQuestion, IndicatorRow
from opendata.read.owners import PublishedOwner
from opendata.read.states import AnswerSubject
from opendata.reasons import fields
from opendata.v1 import answers, as_of, subject_progress, terms
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.basis import FLAGGED, basis
from opendata.v1.indicator_models import Kengetal
from opendata.v1.indicator_parameters import (
    SLUGS,
    IndicatorValueQuestion,
    LinkQuestion,
    ModeQuestion,
    SubstanceQuestion,
)
from opendata.v1.models import Fout, Verwerking
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context, RequestContext
from opendata.v1.rows import common
from opendata.vocabulary import (
    ASSUMED,
    COLLECTIONS,
    ESTIMATED,
    KENGETAL,
    KINDS,
    MISSING,
    MODES,
    NOEMER,
    PARTIAL,
    PERIODS,
    VERVOERWIJZE,
)
from schemas.indicators import INDICATORS
from schemas.quantities import QUANTITIES

router = APIRouter()
_NAME: Final = r"^[A-Za-z0-9-]{1,80}$"
_PERIODS: Final = {public: inside for inside, public in PERIODS.items()}
_RIDERS: Final = "fietsers"
_FIRST: Final = date(1970, 1, 2)


class SubjectKind(NamedTuple):
    """A kind of thing that has indicators, and what may be asked of them."""

    kind: str
    question: type[IndicatorValueQuestion]
    tag: str

    @property
    def collection(self) -> str:
        """Where all of the kind are listed."""
        return COLLECTIONS[self.kind]


SUBJECTS: Final = (
    SubjectKind("site", ModeQuestion, "telpunten"),
    SubjectKind("link", LinkQuestion, "doorfietsroutes"),
    SubjectKind("route", IndicatorValueQuestion, "doorfietsroutes"),
    SubjectKind("connection", IndicatorValueQuestion, "doorfietsroutes"),
    SubjectKind("screenline", IndicatorValueQuestion, "fietsaandeel"),
    SubjectKind("station", SubstanceQuestion, "meetstations"),
    SubjectKind("district", SubstanceQuestion, "eigenaren"),
    SubjectKind("owner", ModeQuestion, "eigenaren"),
)


def facet_word(facet: str) -> str | None:
    """Give the public word of a facet: a mode, a denominator, or the name it has."""
    return VERVOERWIJZE.get(facet) or NOEMER.get(facet) or facet or None


def unit(indicator: str, facet: str) -> str:
    """Give the unit beside a number, with what was counted or measured in it."""
    what = texts()(f"unit.{facet}") if facet in QUANTITIES else _RIDERS
    return explained(indicator).unit(what)


async def _indicators(
    context: RequestContext, kind: str, subject: str, owner: PublishedOwner, question: IndicatorValueQuestion
) -> Response:
    if question.backwards():
        raise MistakesError(Fout(parameter="startDatum", melding="ligt na eindDatum; draai ze om."))
    reference = as_of.of(question.peil_tijd, context.now)
    facet = MODES.get(question.facet, question.facet) if question.facet else None
    wanted = IndicatorQuestion(
        about=AnswerSubject(kind, subject, facet),
        zone=owner.zone,
        indicator=SLUGS[question.kengetal] if question.kengetal else None,
        period=_PERIODS[question.periode] if question.periode else None,
        first=question.start_datum,
        last=question.eind_datum,
        since=question.gewijzigd_sinds,
        at=reference.at,
    )
    processing, progress = await _processing(context, wanted)

    async def fetch(after: str | None, most: int) -> Sequence[tuple[str, Kengetal]]:
        rows = await read.indicator_values.page(context.store, wanted, after, most)
        return [(row.key, _checked(row, context, processing)) for row in rows]

    meta = await context.meta("kengetallen", [owner], (), **{KINDS[kind]: subject}, peilTijd=reference.word)
    state = digest(meta.gegevensrevisie, await read.indicator_values.state(context.store, wanted))
    meta = meta.model_copy(update={"gegevensrevisie": state, "verwerking": progress})
    meta = terms.under(meta, await terms.read(context.store, wanted.about, None, None))
    over = _over(context, wanted)
    tag = context.tag(context.form("json", "csv"), state, progress, processing.waiting, over)
    return await answers.keyed(context, question, kind=Kengetal, fetch=fetch, meta=meta, tag=tag)


async def _processing(context: RequestContext, wanted: IndicatorQuestion) -> tuple[Processing, Verwerking | None]:
    """Read how far indicators of days that are over are processed; what stood at a moment is not judged by now."""
    if wanted.at is not None:
        return Processing(None, (), context.now), None
    first, over = wanted.first or _FIRST, _over(context, wanted)
    start, end = (midnight(day, wanted.zone) for day in (first, over))
    found = await context.reader.processing_of_indicators(wanted.about, start, end)
    return found, subject_progress.meta(found, start, end)


def _over(context: RequestContext, wanted: IndicatorQuestion) -> date:
    """Give the day before which the asked periods that are over have ended: a period that runs may yet end."""
    today = context.now.astimezone(wanted.zone).date()
    return min(wanted.last + timedelta(days=1), today) if wanted.last else today


def _checked(row: IndicatorRow, context: RequestContext, processing: Processing) -> Kengetal:
    """Say of an indicator of a period that is over that it may come yet; one that runs has its own reason."""
    answer_row = _indicator(row, context)
    if row.ended_at > context.now:
        return answer_row
    changed = subject_progress.change(answer_row, row, processing, missing=row.value is None)
    return answer_row.model_copy(update=changed) if changed else answer_row


def _indicator(row: IndicatorRow, context: RequestContext) -> Kengetal:
    shared = common(row, context.now)
    shared |= {"aard": _kind(row, shared["aard"]), **(fields(row.reason) if row.reason else {})}
    shared["vlag_delen"] = (row.basis or {}).get(FLAGGED, {})
    return Kengetal(
        **shared,
        kengetal=KENGETAL[row.indicator],
        facet=facet_word(row.facet),
        periode=PERIODS[row.period],
        deel=row.part or None,
        waarde=row.value,
        eenheid=unit(row.indicator, row.facet),
        ondergrens=row.low,
        bovengrens=row.high,
        grondslag=basis(row.basis),
        regel=row.rule,
    )


def _kind(row: IndicatorRow, kind: str) -> str:
    """Say what an indicator is: withheld is never measured, and what rests on another link or an estimate says so."""
    if row.value is None:
        return PARTIAL if row.valid else MISSING
    if INDICATORS[row.indicator].estimated:
        return ESTIMATED
    found = row.basis or {}
    assumed = found.get("measured") is False or found.get("assumed_km")
    return ASSUMED if assumed else kind


def _offer(subject: SubjectKind) -> None:
    word = KINDS[subject.kind]

    async def indicators(
        context: Context,
        name: Annotated[str, Path(alias=word, pattern=_NAME, description="Kenmerk, zoals in de lijst.")],
        question: Annotated[subject.question, Query()],  # type: ignore[name-defined] # each subject has its own
    ) -> Response:
        owner = await context.owner_of(subject.kind, name)
        return await _indicators(context, subject.kind, name, owner, question)

    router.add_api_route(
        f"/{subject.collection}/{{{word}}}/kengetallen",
        indicators,
        tags=[subject.tag],
        operation_id=f"kengetallen-{word}",
        summary=f"Kengetallen van een {word}",
        description="Geef kengetallen per periode, met grondslag en rekenregel; `/indicatoren` legt ze uit.",
        response_model=answer(Kengetal),
        responses=described(400, 404, 406, csv=True),
    )


for _subject in SUBJECTS:
    _offer(_subject)
