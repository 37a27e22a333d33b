"""`/telpunten`: the places where passages are counted."""

from typing import Final

from fastapi import APIRouter

from opendata import read
from opendata.read.sites import ChannelPeriod, PublishedSite
from opendata.v1.models import Meetperiode, Punt, Telkanaal, Telpunt
from opendata.v1.place_resource import PlaceResource
from opendata.v1.rows import measuring_window, open_end
from opendata.v1.terms import source
from opendata.vocabulary import HERKOMST, VERVOERWIJZE

router = APIRouter(tags=["telpunten"])


def _site(row: PublishedSite) -> Telpunt:
    found = [_channel(periods) for periods in row.by_channel()]
    return Telpunt(
        id=row.site,
        naam=row.name,
        eigenaar=row.owner,
        wijk=row.district,
        geometrie=Punt(coordinates=[row.longitude, row.latitude]),
        voorbeeld=row.illustrative,
        toelichting=row.note,
        vervoerwijzen=sorted({channel.vervoerwijze for channel in found}),
        telkanalen=found,
    )


def _channel(periods: list[ChannelPeriod]) -> Telkanaal:
    first = periods[0]
    return Telkanaal(
        id=first.channel,
        vervoerwijze=VERVOERWIJZE[first.mode],
        richting=first.direction,
        meetperioden=[
            Meetperiode(
                methode=period.method,
                herkomst=HERKOMST[period.origin],  # type: ignore[arg-type] # the table holds these words only
                interval_seconden=period.seconds,
                meetvenster=measuring_window(period.measuring_window),
                bron=source(period.terms),
                start_tijd=period.valid_from,
                eind_tijd=open_end(period.valid_until),
            )
            for period in periods
        ],
    )


SITES: Final = PlaceResource(
    kind="site",
    chapter="telpunten",
    rows=Telpunt,
    every=read.sites.every,
    one=read.sites.one,
    shape=_site,
    all_of_them="Geef alle telpunten met hun kanalen, ook als GeoJSON.",
    one_of_them="Geef één telpunt met zijn kanalen en meetperioden.",
)
SITES.register(router)
