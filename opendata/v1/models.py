"""The shapes of the answers: each row carries its value, unit, coverage, kind, origin and revision."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from opendata.explained import explained


@lru_cache(10_000)  # the same moments stand in many rows
def zulu(instant: datetime) -> str:
    """Write an instant in UTC, with its Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


Utc: TypeAlias = Annotated[datetime, PlainSerializer(zulu, return_type=str, when_used="json")]
Aard: TypeAlias = Literal["gemeten", "onvolledig", "geen meting", "nog niet verwerkt"]
Herkomst: TypeAlias = list[Literal["gemeten", "opgenomen", "gesimuleerd"]]
Datum: TypeAlias = Annotated[date | None, WithJsonSchema({"type": ["string", "null"], "format": "date"})]
Number: TypeAlias = Annotated[
    float | None, PlainSerializer(lambda value: int(value) if value is not None and value == int(value) else value)
]


def described(name: str) -> str:
    """Say of a field what the catalogue says of its indicator: what it is, and first of all what may not be claimed."""
    indicator = explained(name)
    return f"{indicator.definition} {indicator.limits[0]} Formule: {indicator.formula}."


class Public(BaseModel):
    """A published shape, in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Dekking(Public):
    """How much of the bucket the number rests on.

    In intervals, of an indicator in days (of air, hours or substances).
    """

    verwacht: int = Field(description="Verwachte meetintervallen; bij kengetallen dagen of uren.")
    waargenomen: int = Field(description="Geldige meetintervallen.")
    percentage: float | None = Field(description="Geldig als percentage van verwacht.")

    @classmethod
    def of(cls, valid: int, expected: int) -> "Dekking":
        """Make a coverage; 100 is said only of a whole bucket."""
        return cls(
            verwacht=expected,
            waargenomen=valid,
            percentage=round(min(1, valid / expected) * 100, 2) if expected else None,
        )


class Row(Public):
    """What every row of a series has."""

    start_tijd: Utc = Field(description="Begin, inclusief.")
    eind_tijd: Utc = Field(description="Einde, exclusief.")
    datum: Datum = Field(None, description="Lokale dag; bij langere perioden de eerste dag.")
    aard: Aard = Field(
        description="`geen meting`: er is niet gemeten. `nog niet verwerkt`: dat weten we nog niet; vraag het later."
    )
    reden: str | None = Field(None, description="Waarom er geen of geen volledig getal is.")
    reden_code: str | None = Field(None, description="De code van de reden; `reden` is haar tekst.")
    reden_parameters: dict[str, Any] = Field(default={}, description="De getallen en namen in die tekst.")
    dekking: Dekking
    herkomst: Herkomst
    vlaggen: list[str] = Field(
        default=[],
        description="Twijfels bij alles wat in de rij is waargenomen, ook wat niet meetelt; `voorlopig` als de periode "
        "nog niet voorbij is.",
    )
    vlag_codes: list[str] = Field(default=[], description="De codes van de vlaggen, in dezelfde volgorde.")
    vlag_delen: dict[str, int] = Field(
        default={},
        description="Op hoeveel delen elke vlag staat: van een dag de uren, van een langere periode de dagen; leeg "
        "waar dat niet bekend is.",
    )
    revisie: int = Field(
        description="Gaat omhoog als het getal verandert: van een kwartier die van zijn uur, van een langere periode "
        "de som van die van zijn delen; 0 zonder gegevens."
    )
    gewijzigd_tijd: Utc | None = None


class Telling(Row):
    """One count. A gap is null, never zero."""

    waarde: Number = Field(description=f"In de gevraagde richting, standaard alle samen, of null. {described('count')}")
    eenheid: str


class VanTelpunt(Public):
    """What is said of one of several sites."""

    telpunt: str = Field(description="Kenmerk van het telpunt, zoals in `/telpunten`.")


class Telpunttelling(Telling, VanTelpunt, Public):
    """One count of one of several sites."""


class Aandeel(Row):
    """One counted-traffic cycling share."""

    teller: Number = Field(description="Fietsers in de gepaarde intervallen.")
    noemer: Number = Field(description="Alle getelde passages van de noemer in dezelfde intervallen.")
    aandeel: float | None = Field(description=described("cycling_share"))
    ondergrens: float | None = Field(
        description="Wilson-interval, 95 %: alleen steekproefruis, niet de afwijking van tellers."
    )
    bovengrens: float | None = None
    gekalibreerd_ondergrens: float | None = Field(
        description="Het aandeel met de laagste kalibratiefactor van de eigenaar op de fietsers: als er minder waren."
    )
    gekalibreerd_bovengrens: float | None = Field(description="Zo ook met de hoogste factor.")


class Wegvakdag(Public):
    """One link on one day."""

    wegvak: str
    naam: str
    fietsers: Number = Field(description="Fietsers per dag in beide richtingen, of null.")
    aard: Literal["gemeten", "verondersteld", "geen meting", "nog niet verwerkt"]
    geteld_op: str = Field(description="Het wegvak waarvan het getal komt.")
    lengte_km: float
    groen: bool
    dekking: Dekking
    vlaggen: list[str] = Field(default=[], description="Twijfels bij alles wat er die dag is waargenomen.")
    vlag_codes: list[str] = Field(default=[], description="De codes van de vlaggen, in dezelfde volgorde.")


class Gebruik(Row):
    """The usage of a route on one local day."""

    aard: Literal["gemeten", "onvolledig", "geen meting", "nog niet verwerkt", "verondersteld"] = Field(  # type: ignore[assignment] # one word more
        description="`verondersteld` als er kilometers zijn overgenomen van een ander wegvak; `reden` zegt hoeveel."
    )
    fietskilometers: float | None = Field(description=described("bicycle_km"))
    gemeten_fietskilometers: float | None
    gewogen_gemiddelde: float | None = Field(description=described("mean_cyclists"))
    doorgaande_verhouding: float | None = Field(description=described("through_ratio"))
    gelijkmatigheid: float | None = Field(description=described("uniformity"))
    groen_aandeel: float | None = Field(description=described("green_share"))
    lengte_km: float | None
    gemeten_km: float | None
    verondersteld_km: float | None
    ontbrekend_km: float | None
    wegvakken: list[Wegvakdag]


class Luchtmeting(Row):
    """One hourly mean at a station."""

    stof: str
    laag: str = Field(description="Gemeten, door de uitgever gekalibreerd, of door ons gecorrigeerd.")
    waarde: float | None = Field(description=described("air_hour_mean"))
    eenheid: str
    grondslag: dict[str, Any] = Field(default={}, description="Waarop een gecorrigeerde waarde rust.")


class Bron(Public):
    """Whose data numbers rest on, and under which terms they may be used."""

    houder: str = Field(description="Van wie de gegevens zijn.")
    licentie: str = Field(description="Kenmerk van de licentie (SPDX), zoals CC0-1.0.")
    licentie_adres: str
    bronvermelding: str = Field(description="Noem dit bij gebruik; zo staat ook wat eraan veranderd is.")
    herkomst: Herkomst


class Meetvenster(Public):
    """When a sensor can measure: outside of it nothing is expected of it."""

    code: str = Field(description="`always`, `daylight`, of lokale uren zoals `05-20`.")
    tekst: str


class Meetperiode(Public):
    """One period of the equipment behind a channel."""

    methode: str
    herkomst: Literal["gemeten", "opgenomen", "gesimuleerd"]
    interval_seconden: int
    meetvenster: Meetvenster = Field(
        description="Wanneer het apparaat kan meten. Dekking telt de intervallen die er helemaal in liggen."
    )
    bron: Bron
    start_tijd: Utc
    eind_tijd: Utc | None = Field(description="Einde, exclusief; null als de periode doorloopt.")


class Telkanaal(Public):
    """One direction of one mode."""

    id: str
    vervoerwijze: str
    richting: str
    meetperioden: list[Meetperiode]


class Punt(Public):
    """A GeoJSON point: longitude, latitude."""

    type: Literal["Point"] = "Point"
    coordinates: list[float] = Field(min_length=2, max_length=2)


class Telpunt(Public):
    """A place where passages are counted."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    wijk: str
    geometrie: Punt
    voorbeeld: bool = Field(description="Waar als de plaats een voorbeeld is en geen bestaand telpunt.")
    toelichting: str
    vervoerwijzen: list[str]
    telkanalen: list[Telkanaal]


class Meetreeks(Public):
    """One quantity of a station."""

    stof: str
    naam: str
    eenheid: str
    herkomst: Herkomst
    bronnen: list[Bron]


class Meetstation(Public):
    """A place where air is measured."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    wijk: str
    geometrie: Punt
    soort: str
    omgeving: str
    voorbeeld: bool
    toelichting: str
    meetreeksen: list[Meetreeks]


class Wegvak(Public):
    """A link of a route."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    van: str
    naar: str
    lengte_km: float
    groen: bool
    groenheid: float = Field(description="Deel van de lengte in het groen, volgens de eigenaar.")
    breedte_meter: float
    voorrang: float = Field(description="Deel van de lengte met voorrang.")
    asfalt: float
    telpunt: str | None
    verondersteld_naar: str | None = Field(description="Het wegvak waarvan het gebruik is overgenomen.")
    omrijfactor: float | None = Field(description="Lengte gedeeld door de rechte lijn.")
    openings_datum: Datum = Field(description="Eerste dag in de huidige vorm.")
    voorbeeld: bool


class Doorfietsroute(Public):
    """A named, ordered chain of links."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    lengte_km: float
    gemeten_km: float
    voorbeeld: bool
    toelichting: str
    wegvakken: list[Wegvak]


class Variant(Public):
    """A denominator that is counted on a screenline, with its modes."""

    noemer: str
    vervoerwijzen: list[str]
    herkomst: Herkomst


class Methode(Public):
    """With what one mode is counted at one site: devices need not agree."""

    telpunt: str
    vervoerwijze: str
    methode: str


class Tellijn(Public):
    """A line whose crossings are all counted."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    voorbeeld: bool
    toelichting: str
    telpunten: list[str]
    noemers: list[Variant]
    methoden: list[Methode] = Field(
        description="Waarmee geteld wordt; twee apparaten op één straat hoeven niet gelijk te zijn."
    )


class Stap(Public):
    """One stage of the processing."""

    stap: Literal["ontvangen", "opgeslagen", "opgeteld"]
    verwerkt_tot: Utc | None = Field(description="Alles wat sensoren tot dan publiceerden, is door deze stap.")
    achterstand_seconden: int | None
    wachtend: int | None = Field(
        description="Wat voor deze stap wacht: berichten, records, of uren van reeksen. Null als dat niet bekend is."
    )


class Verwerking(Public):
    """How far the platform is."""

    toestand: Literal["verwerkt", "bij", "wacht", "loopt achter"] = Field(
        description="`verwerkt`: alles is voorbij en opgeteld. `bij`: een lopende periode, zonder achterstand. "
        "`wacht`: er wachten uren op optellen. `loopt achter`: er kan meer gemeten zijn dan hier staat."
    )
    stappen: list[Stap] = Field(description="Leeg als alles verwerkt is: dan verandert dit antwoord niet vanzelf.")


class Vraagperiode(Public):
    """The range of time that an answer is about, as it was asked or by default."""

    start_tijd: Utc = Field(description="Begin, inclusief.")
    eind_tijd: Utc = Field(description="Einde, exclusief; van wat nog loopt nu.")
    standaard: list[Literal["startTijd", "eindTijd"]] = Field(
        description="Welke van beide niet gevraagd zijn: daarvoor is de standaard genomen."
    )


class Meta(Public):
    """What holds for the whole answer."""

    definitie: str = Field(description="Adres van de uitleg van deze getallen.")
    licentie: str | None = Field(
        description="Adres van de licentie; null als niet alles onder dezelfde valt: zie `bronnen`."
    )
    uitgever: str = Field(description="Wie uitgeeft; bij een lijst van meer eigenaren alle, met `; ` ertussen.")
    bronvermelding: list[str] = Field(description="Wie u noemt bij gebruik.")
    bronnen: list[Bron] = Field(
        default=[],
        description="Bij een reeks: van wie de getallen zijn, en wat ermee mag; bij een lijst van meer eigenaren: elk.",
    )
    gegevensrevisie: str | None = Field(
        description="Verandert als een getal in dit antwoord verandert, of het register; niet door andere getallen."
    )
    registerstaat: str | None = Field(
        None, description="SHA-256 over de bestanden van alle eigenaren die nu gelden; zie `/eigenaren`."
    )
    onderwerp: dict[str, Any] = Field(default={}, description="Waar de rijen over gaan.")
    periode: Vraagperiode | None = Field(
        default=None, description="Bij een reeks en bij storingen: de periode waarover is geantwoord."
    )
    methoden: list[Methode] = Field(default=[], description="Waarmee geteld is, bij een aandeel.")
    meetvensters: list[Meetvenster] = Field(
        default=[],
        description="Bij een reeks: waarbinnen gemeten kan worden. Leeg is altijd; bij meer telt wat in alle valt.",
    )
    verwerking: Verwerking | None = Field(
        default=None,
        description="Bij een reeks: hoever het platform is met wat erin staat; null als dat niet bekend is.",
    )
    gewijzigd_tot: Utc | None = Field(
        default=None,
        description="Bij wijzigingen: de nieuwste wijziging die erin zit. Vraag hiermee de volgende keer verder.",
    )


class Fout(Public):
    """One mistake in a question."""

    parameter: str
    melding: str


class Problem(Public):
    """A problem as RFC 9457 has it; `fouten` names every mistake."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    fouten: list[Fout] = []
