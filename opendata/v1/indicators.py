"""`/indicatoren`: what every number means, from the one catalogue."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from locales import texts
from opendata.explained import explained
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.indicator_models import Indicator
from opendata.v1.parameters import Id, Question
from opendata.v1.problems import unknown
from opendata.v1.request_context import Context
from opendata.vocabulary import KENGETAL, KINDS, PERIODS
from schemas import indicators as catalogue

router = APIRouter(tags=["indicatoren"])


class IndicatorListQuestion(Question):
    """All indicators."""

    row_shape = Indicator


@router.get(
    "/indicatoren",
    operation_id="indicatoren",
    summary="Alle indicatoren",
    response_model=answer(Indicator),
    responses=described(400, 406, csv=True),
)
async def indicators(context: Context, _: Annotated[IndicatorListQuestion, Query()]) -> Response:
    """Geef van elke indicator de definitie, de formule, wanneer er een getal is, en wat u er niet uit mag besluiten.

    In het Nederlands, of in het Engels voor wie dat met `Accept-Language` vraagt; `Content-Language` zegt welke taal.
    """
    locale = context.locale
    found = [_shape(one, locale) for one in catalogue.INDICATORS.values()]
    meta = context.spoken(await context.meta("kengetallen"), "kengetallen", locale)
    return answers.spoken(answers.listing(context, Indicator, found, meta), locale)


@router.get(
    "/indicatoren/{indicator}",
    operation_id="indicator",
    summary="Eén indicator",
    response_model=Indicator,
    responses=described(400, 404),
)
async def indicator(context: Context, indicator: Id) -> Response:
    """Geef één indicator, in het Nederlands of in het Engels, zoals bij de lijst."""
    found = next((one for one in catalogue.INDICATORS.values() if KENGETAL[one.name] == indicator), None)
    if found is None:
        raise unknown("Indicator", indicator, "/v1/indicatoren")
    locale = context.locale
    meta = context.spoken(await context.meta(indicator), indicator, locale)
    return answers.spoken(answers.one(context, _shape(found, locale), meta), locale)


def _shape(one: catalogue.IndicatorDefinition, locale: str) -> Indicator:
    words = explained(one.name, locale)
    return Indicator(
        id=words.slug,
        naam=words.label,
        eenheid=words.unit(texts(locale)("page.about_what")),
        definitie=words.definition,
        formule=words.formula,
        volledigheid=words.completeness,
        beperkingen=list(words.limits),
        voorbeeld=words.example,
        bron=words.source,
        regel=one.rule,
        geschat=one.estimated,
        soorten=[KINDS[kind] for kind in one.kinds],
        perioden=[PERIODS[period] for period in one.periods],
    )
