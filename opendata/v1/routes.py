"""`/doorfietsroutes`: named chains of links, and how they are used."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from opendata import read
from opendata.processing import Processing
from opendata.read.links import PublishedLink
from opendata.read.routes import PublishedRoute
from opendata.read.usage import LinkUsageDay, UsageDay
from opendata.reasons import fields
from opendata.v1 import subject_progress
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import Interval
from opendata.v1.models import Dekking, Doorfietsroute, Gebruik, Wegvak, Wegvakdag
from opendata.v1.models import Row as Rij
from opendata.v1.parameters import Id, UsageQuestion
from opendata.v1.place_resource import PlaceResource
from opendata.v1.request_context import Context
from opendata.v1.rows import common
from opendata.v1.series import SeriesRequest, SeriesResource, SeriesResult
from opendata.vocabulary import ASSUMED, MEASURED, PARTIAL, UNPROCESSED, flag_codes, flags, kind, place
from schemas.reasons import reason

router = APIRouter(tags=["doorfietsroutes"])


def link_of(link: PublishedLink) -> Wegvak:
    """Give the public shape of a link."""
    return Wegvak(
        id=link.link,
        naam=link.name,
        eigenaar=link.owner,
        van=place(link.start_place),
        naar=place(link.end_place),
        lengte_km=link.length_km,
        groen=link.green,
        groenheid=link.greenery,
        breedte_meter=link.width_m,
        voorrang=link.priority,
        asfalt=link.asphalt,
        telpunt=link.site,
        verondersteld_naar=link.assumed_from,
        omrijfactor=link.detour,
        openings_datum=link.opened,
        voorbeeld=link.illustrative,
    )


def _route(row: PublishedRoute) -> Doorfietsroute:
    return Doorfietsroute(
        id=row.route,
        naam=row.name,
        eigenaar=row.owner,
        lengte_km=row.length_km,
        gemeten_km=row.measured_km,
        voorbeeld=row.illustrative,
        toelichting=row.note,
        wegvakken=[link_of(link) for link in row.links],
    )


ROUTES: Final = PlaceResource(
    kind="route",
    chapter="doorfietsroute",
    rows=Doorfietsroute,
    every=read.routes.every,
    one=read.routes.one,
    shape=_route,
    all_of_them="Geef alle doorfietsroutes met hun wegvakken op volgorde.",
    one_of_them="Geef één doorfietsroute.",
)
ROUTES.register(router)


@router.get(
    "/doorfietsroutes/{doorfietsroute}/gebruik",
    operation_id="gebruik",
    summary="Gebruik per lokale dag",
    response_model=answer(Gebruik),
    responses=described(400, 404, 406, csv=True),
)
async def usage(context: Context, doorfietsroute: Id, question: Annotated[UsageQuestion, Query()]) -> Response:
    """Geef fietskilometers en verhoudingen per dag, met de wegvakken erbij (in JSON)."""
    return await USAGE.answer(context, doorfietsroute, question)


async def _read(requested: SeriesRequest[UsageQuestion]) -> SeriesResult[UsageDay]:
    return SeriesResult(
        reading=read.usage.series(requested.name, zone=requested.zone, at=requested.reference.at),
        interval=Interval.DAG,
        begins_at=await read.usage.begins_at(requested.store, requested.name),
        shape=lambda row: _usage(row, _shared(row, requested.now)),
        checked=_checked,
        subject={"doorfietsroute": requested.name, "interval": "dag"},
    )


USAGE: Final = SeriesResource(kind="route", chapter="doorfietsroute", rows=Gebruik, read=_read)


def _shared(row: UsageDay, now: datetime) -> dict[str, Any]:
    """Give what all rows share; of a day that is not over, that reason comes first."""
    shared = common(row, now)
    checked = {**shared, **_kind(row)}
    return {**checked, **{name: shared[name] for name in fields(None)}} if row.ended_at > now else checked


def _kind(row: UsageDay) -> dict[str, Any]:
    """Say what an indicator is and why: withheld is never measured, and what was assumed is named."""
    if row.bicycle_km is None:
        return {"aard": PARTIAL, **fields(row.reason)} if row.valid else {}
    if not row.assumed_km:
        return {}
    aard = kind(row.valid, row.expected)
    why = reason("kilometres_assumed", assumed=row.assumed_km, length=row.length_km)
    return {"aard": ASSUMED if aard == MEASURED else aard, **fields(why)}


def _usage(row: UsageDay, shared: dict[str, Any]) -> Gebruik:
    return Gebruik(
        **shared,
        fietskilometers=row.bicycle_km,
        gemeten_fietskilometers=row.measured_bicycle_km,
        gewogen_gemiddelde=row.mean_cyclists,
        doorgaande_verhouding=row.through_ratio,
        gelijkmatigheid=row.uniformity,
        groen_aandeel=row.green_share,
        lengte_km=row.length_km,
        gemeten_km=row.measured_km,
        verondersteld_km=row.assumed_km,
        ontbrekend_km=row.missing_km,
        wegvakken=[_link_day(link) for link in row.links],
    )


def _checked(day: Rij, row: UsageDay, processing: Processing) -> Gebruik:
    """Say of a day, and of its links, that a number that is not there may come yet."""
    used = subject_progress.with_processing(day, row, processing, missing=row.bicycle_km is None)
    assert isinstance(used, Gebruik)  # noqa: S101 - the shape of this series
    if not processing.lacks(row.started_at, row.ended_at):
        return used
    links = [
        link if link.fietsers is not None else link.model_copy(update={"aard": UNPROCESSED}) for link in used.wegvakken
    ]
    return used.model_copy(update={"wegvakken": links})


def _link_day(link: LinkUsageDay) -> Wegvakdag:
    present = link.cyclists is not None
    return Wegvakdag(
        wegvak=link.link,
        naam=link.name,
        fietsers=link.cyclists,
        aard="geen meting" if not present else "gemeten" if link.measured else "verondersteld",
        geteld_op=link.counted_on,
        lengte_km=link.length_km,
        groen=link.green,
        dekking=Dekking.of(link.valid, link.expected),
        vlaggen=flags(link.quality_flags, running=False),
        vlag_codes=flag_codes(link.quality_flags, running=False),
    )
