"""`/fietsaandeel`: the counted-traffic cycling share on a screenline, and `/tellijnen` to find them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from opendata.database import Row
from opendata.v1 import answers, as_of, series
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import WIDTHS, Interval, row_length, since, span
from opendata.v1.models import Aandeel, Fout, Methode, Tellijn, Variant
from opendata.v1.parameters import Id, Question, ShareQuestion
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context
from opendata.v1.rows import common, number
from opendata.v1.series import Series
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import DENOMINATORS, NOEMER, VERVOERWIJZE, herkomst

router = APIRouter(tags=["fietsaandeel"])
_QUERIES: Final = {
    Interval.KWARTIER: "share_quarters",
    Interval.UUR: "share_hours",
    Interval.TWAALF_MAANDEN: "share_rolling",
}


@router.get(
    "/tellijnen",
    operation_id="tellijnen",
    summary="Alle tellijnen",
    response_model=answer(Tellijn),
    responses=described(400, 406, csv=True),
)
async def screenlines(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef alle tellijnen met hun telpunten en de noemers die er geteld worden."""
    rows = await context.store.rows("screenlines", screenline=None)
    return answers.listing(context, Tellijn, [_screenline(row) for row in rows], await context.meta("fietsaandeel"))


@router.get(
    "/tellijnen/{tellijn}",
    operation_id="tellijn",
    summary="Eén tellijn",
    response_model=Tellijn,
    responses=described(400, 404),
)
async def screenline(context: Context, tellijn: Id) -> Response:
    """Geef één tellijn."""
    row = await context.found("screenlines", "Tellijn", "/v1/tellijnen", screenline=tellijn)
    return answers.one(context, _screenline(row), await context.meta("fietsaandeel"))


@router.get(
    "/fietsaandeel",
    operation_id="fietsaandeel",
    summary="Fietsaandeel op een tellijn",
    response_model=answer(Aandeel),
    responses=described(400, 404, 406, csv=True),
)
async def shares(context: Context, question: Annotated[ShareQuestion, Query()]) -> Response:
    """Geef teller, noemer en aandeel. Onder 75 % dekking is het aandeel `null`, met de reden."""
    if question.interval is Interval.KWARTIER:
        as_of.present(question, "kan niet bij kwartieren: daarvan blijven geen oude uitgaven bewaard.")
    await context.found("screenlines", "Tellijn", "/v1/tellijnen", screenline=question.tellijn)
    variant = DENOMINATORS[question.noemer]
    zone, width = await context.zone(), WIDTHS[question.interval]
    values: dict[str, Any] = {"screenline": question.tellijn, "variant": variant, "zone": zone.key, "unit": width.unit}
    counted = await context.store.row("share_variant", **values)
    if counted is None:
        raise MistakesError(Fout(parameter="noemer", melding="wordt op deze tellijn niet geteld; zie /tellijnen."))
    reference = as_of.of(question.peil_tijd, context.now)
    covered = span(question.start_tijd, reference.end(question.eind_tijd), question.interval, context.now, zone)
    covered = since(covered, counted["valid_from"], question.interval)
    values |= {"unit": width.bucket, "at": reference.at, "now": context.now}
    modes = [VERVOERWIJZE[mode] for mode in counted["modes"]]
    methods = await context.store.rows("share_methods", screenline=question.tellijn, variant=variant)
    meta = await context.meta(
        "fietsaandeel",
        [_method(row) for row in methods],
        tellijn=question.tellijn,
        noemerSoort=question.noemer.value,  # `noemer` is a number of the rows
        vervoerwijzen=modes,
        interval=question.interval.value,
        peilTijd=reference.word,
    )
    found = Series(
        about=AnswerSubject("screenline", question.tellijn, variant),
        span=covered,
        interval=question.interval,
        length=row_length(covered, question.interval),
        zone=zone,
        query=_QUERIES.get(question.interval, "share_days"),
        number="share",
        values=values,
        reference=reference,
        kind=Aandeel,
        shape=lambda row: _share(row, common(row, context.now)),
        meta=meta,
    )
    return await series.answer(context, question, found)


def _share(row: Row, shared: dict[str, Any]) -> Aandeel:
    return Aandeel(
        **shared,
        teller=number(row["numerator"]),
        noemer=number(row["denominator"]),
        aandeel=row["share"],
        ondergrens=row["low"],
        bovengrens=row["high"],
        gekalibreerd_ondergrens=row["calibrated_low"],
        gekalibreerd_bovengrens=row["calibrated_high"],
    )


def _method(row: Row) -> Methode:
    return Methode(telpunt=row["site"], vervoerwijze=VERVOERWIJZE[row["mode"]], methode=row["method"])


def _screenline(row: Row) -> Tellijn:
    return Tellijn(
        id=row["screenline"],
        naam=row["name"],
        voorbeeld=row["illustrative"],
        toelichting=row["note"],
        telpunten=row["sites"],
        noemers=[
            Variant(
                noemer=NOEMER[one["variant"]],
                vervoerwijzen=[VERVOERWIJZE[mode] for mode in one["modes"]],
                herkomst=herkomst(one["origins"]),  # type: ignore[arg-type] # the table holds these words only
            )
            for one in row["variants"]
        ],
        methoden=[_method(one) for one in row["methods"]],
    )
