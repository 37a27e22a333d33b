"""`/wegvakken`, `/verbindingen` and `/wijken`: what indicators are about, beside what counts and measures."""

from typing import Final

from fastapi import APIRouter

from opendata import read, vocabulary
from opendata.read.connections import Connection
from opendata.read.districts import PublishedDistrict
from opendata.v1.indicator_models import Verbinding, Wijk
from opendata.v1.models import Wegvak
from opendata.v1.place_resource import PlaceResource
from opendata.v1.routes import link_of
from opendata.vocabulary import place

router = APIRouter()


def _connection(row: Connection) -> Verbinding:
    return Verbinding(
        id=row.connection,
        naam=" – ".join(dict.fromkeys((place(row.one_place), place(row.other_place)))),  # noqa: RUF001 - a dash between names
        soort=vocabulary.CONNECTIONS[row.kind],
        van=place(row.one_place),
        naar=place(row.other_place),
        eigenaar=row.owner,
        lengte_km=row.length_km,
        gemeten_km=row.measured_km,
        groen_km=row.green_km,
        wegvakken=[link_of(one) for one in row.links],
    )


def _district(row: PublishedDistrict) -> Wijk:
    return Wijk(
        id=row.district,
        naam=row.name,
        eigenaar=row.owner,
        telpunten=list(row.sites),
        meetstations=list(row.stations),
    )


LINKS: Final = PlaceResource(
    kind="link",
    chapter="doorfietsroute",
    rows=Wegvak,
    every=read.links.every,
    one=read.links.one,
    shape=link_of,
    all_of_them="Geef alle wegvakken, met wat ze groen, veilig en vlot maakt.",
    one_of_them="Geef één wegvak.",
)
CONNECTIONS: Final = PlaceResource(
    kind="connection",
    chapter="doorfietsroute",
    rows=Verbinding,
    every=read.connections.every,
    one=read.connections.one,
    shape=_connection,
    all_of_them="Geef alle verbindingen binnen en tussen wijken, met het centrum en met de regio, met hun wegvakken.",
    one_of_them="Geef één verbinding met haar wegvakken.",
)
DISTRICTS: Final = PlaceResource(
    kind="district",
    chapter="kengetallen",
    rows=Wijk,
    every=read.districts.every,
    one=read.districts.one,
    shape=_district,
    all_of_them="Geef alle wijken, met wat er telt en meet.",
    one_of_them="Geef één wijk.",
    pattern=r"^[A-Za-z0-9-]{1,60}$",
)
LINKS.register(router, "doorfietsroutes")
CONNECTIONS.register(router, "doorfietsroutes")
DISTRICTS.register(router, "eigenaren")
