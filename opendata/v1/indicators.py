"""`/indicatoren`: what every number means, from the one catalogue."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

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
_WHAT = "van wat er geteld of gemeten is"


@router.get(
    "/indicatoren",
    operation_id="indicatoren",
    summary="Alle indicatoren",
    response_model=answer(Indicator),
    responses=described(400, 406, csv=True),
)
async def indicators(context: Context, _: Annotated[Question, Query()]) -> Response:
    """Geef van elke indicator de definitie, de formule, wanneer er een getal is, en wat u er niet uit mag besluiten."""
    found = [_shape(one) for one in catalogue.INDICATORS.values()]
    return answers.listing(context, Indicator, found, await context.meta("kengetallen"))


@router.get(
    "/indicatoren/{indicator}",
    operation_id="indicator",
    summary="Eén indicator",
    response_model=Indicator,
    responses=described(400, 404),
)
async def indicator(context: Context, indicator: Id) -> Response:
    """Geef één indicator."""
    found = next((one for one in catalogue.INDICATORS.values() if KENGETAL[one.name] == indicator), None)
    if found is None:
        raise unknown("Indicator", indicator, "/v1/indicatoren")
    return answers.one(context, _shape(found), await context.meta(f"kengetal-{indicator}"))


def _shape(one: catalogue.IndicatorDefinition) -> Indicator:
    words = explained(one.name)
    return Indicator(
        id=words.slug,
        naam=words.label,
        eenheid=words.unit(_WHAT),
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
