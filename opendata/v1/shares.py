"""`/fietsaandeel`: the counted-traffic cycling share on a screenline, and `/tellijnen` to find them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from opendata import read
from opendata.read.screenlines import Method, PublishedScreenline
from opendata.read.shares import ShareRow
from opendata.v1 import as_of
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import WIDTHS, Interval
from opendata.v1.models import Aandeel, Fout, Methode, Tellijn, Variant
from opendata.v1.parameters import ShareQuestion
from opendata.v1.place_resource import PlaceResource
from opendata.v1.problems import MistakesError
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import SeriesRequest, SeriesResource, SeriesResult
from opendata.vocabulary import DENOMINATORS, NOEMER, VERVOERWIJZE, herkomst

router = APIRouter(tags=["fietsaandeel"])


def _screenline(row: PublishedScreenline) -> Tellijn:
    return Tellijn(
        id=row.screenline,
        naam=row.name,
        eigenaar=row.owner,
        voorbeeld=row.illustrative,
        toelichting=row.note,
        telpunten=list(row.sites),
        noemers=[
            Variant(
                noemer=NOEMER[one.variant],
                vervoerwijzen=[VERVOERWIJZE[mode] for mode in one.modes],
                herkomst=herkomst(one.origins),  # type: ignore[arg-type] # the table holds these words only
            )
            for one in row.variants
        ],
        methoden=[_method(one) for one in row.methods],
    )


def _method(row: Method) -> Methode:
    return Methode(telpunt=row.site, vervoerwijze=VERVOERWIJZE[row.mode], methode=row.method)


SCREENLINES: Final = PlaceResource(
    kind="screenline",
    chapter="fietsaandeel",
    rows=Tellijn,
    every=read.screenlines.every,
    one=read.screenlines.one,
    shape=_screenline,
    all_of_them="Geef alle tellijnen met hun telpunten en de noemers die er geteld worden.",
    one_of_them="Geef één tellijn.",
)
SCREENLINES.register(router)


@router.get(
    "/fietsaandeel",
    operation_id="fietsaandeel",
    summary="Fietsaandeel op een tellijn",
    response_model=answer(Aandeel),
    responses=described(400, 404, 406, csv=True),
)
async def shares(context: Context, question: Annotated[ShareQuestion, Query()]) -> Response:
    """Geef teller, noemer en aandeel. Onder 75 % dekking is het aandeel `null`, met de reden."""
    return await SHARES.answer(context, question.tellijn, question)


async def _read(requested: SeriesRequest[ShareQuestion]) -> SeriesResult[ShareRow]:
    question, store, screenline = requested.question, requested.store, requested.name
    if question.interval is Interval.KWARTIER:
        as_of.present(question, "kan niet bij kwartieren: daarvan blijven geen oude uitgaven bewaard.")
    variant, width = DENOMINATORS[question.noemer], WIDTHS[question.interval].bucket
    counted = await read.shares.variant(store, screenline, variant, width, requested.zone)
    if counted is None:
        raise MistakesError(Fout(parameter="noemer", melding="wordt op deze tellijn niet geteld; zie /tellijnen."))
    methods = await read.screenlines.methods(store, screenline, variant)
    return SeriesResult(
        reading=read.shares.series(
            screenline, variant, width, zone=requested.zone, now=requested.now, at=requested.reference.at
        ),
        interval=question.interval,
        begins_at=counted.valid_from,
        shape=lambda row: _share(row, common(row, requested.now)),
        subject={
            "tellijn": screenline,
            "noemerSoort": question.noemer.value,  # `noemer` is a number of the rows
            "vervoerwijzen": [VERVOERWIJZE[mode] for mode in counted.modes],
            "interval": question.interval.value,
        },
        methods=[_method(one) for one in methods],
    )


SHARES: Final = SeriesResource(kind="screenline", chapter="fietsaandeel", rows=Aandeel, read=_read)


def _share(row: ShareRow, shared: dict[str, Any]) -> Aandeel:
    return Aandeel(
        **shared,
        teller=row.numerator,
        noemer=row.denominator,
        aandeel=row.share,
        ondergrens=row.low,
        bovengrens=row.high,
        gekalibreerd_ondergrens=row.calibrated_low,
        gekalibreerd_bovengrens=row.calibrated_high,
    )
