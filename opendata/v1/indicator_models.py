"""The shapes of indicators and of what they are about: indicators, changes, connections, districts, air indices."""

from typing import Any, Final, Literal

from pydantic import Field

from opendata.explained import catalogue
from opendata.v1.models import Public, Row, Utc, Wegvak, described
from opendata.vocabulary import KINDS, PERIODS

_LIST: Final = "; ".join(f"`{one.slug}`: {one.label}" for one in catalogue())


class Kengetal(Row):
    """One indicator value of one subject over one period."""

    aard: Literal["gemeten", "onvolledig", "geen meting", "nog niet verwerkt", "geschat", "verondersteld"] = Field(  # type: ignore[assignment] # two words more
        description="`geschat` als het getal niet gemeten is: de grondslag zegt hoe."
    )
    kengetal: str = Field(description=f"{_LIST}. `/indicatoren` geeft de uitleg.")
    facet: str | None = Field(description="De vervoerwijze, stof of tellijn waar het over gaat, als er meer zijn.")
    periode: str = Field(description=f"Een van {', '.join(PERIODS.values())}.")
    deel: int | None = Field(description="Het lid van een reeks, zoals de weekdag (1 is maandag).")
    waarde: float | None
    eenheid: str
    ondergrens: float | None = Field(description="Van een schatting: haar fout naar beneden.")
    bovengrens: float | None = None
    grondslag: dict[str, Any] = Field(description="Waar het getal op rust: dagen, telpunten, lege cellen, methode.")
    regel: str = Field(description="Versie van de rekenregel.")


class Indicator(Public):
    """What an indicator is, how it is computed, and what may not be claimed by it."""

    id: str
    naam: str
    eenheid: str
    definitie: str
    formule: str
    volledigheid: str = Field(description="Wanneer er een getal is.")
    beperkingen: list[str] = Field(description="Wat u er niet uit mag besluiten.")
    voorbeeld: str
    bron: str
    regel: str = Field(description="Versie van de rekenregel die nu geldt.")
    geschat: bool
    soorten: list[str] = Field(description=f"Waarvan het er is: {', '.join(KINDS.values())}.")
    perioden: list[str]


class Wijziging(Public):
    """One number that changed."""

    soort: str = Field(description=f"Waar het over gaat: {', '.join(KINDS.values())}.")
    onderwerp: str = Field(description="Het kenmerk daarvan.")
    kengetal: str = Field(description="Wat er veranderde; `/indicatoren` geeft de uitleg.")
    facet: str | None
    periode: str
    start_tijd: Utc
    deel: int | None
    waarde: float | None = Field(description="Wat er nu staat, of null als het niet uitgegeven wordt.")
    vorige_waarde: float | None = Field(
        description="Wat er daarvoor stond; null als er niets stond, of als de periode toen nog liep."
    )
    reden: str | None
    reden_code: str | None = Field(None, description="De code van de reden; `reden` is haar tekst.")
    reden_parameters: dict[str, Any] = Field(default={}, description="De getallen en namen in die tekst.")
    revisie: int
    regel: str
    gewijzigd_tijd: Utc


class Verbinding(Public):
    """What links of the same two ends are together."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    soort: str = Field(description="Binnen wijk, tussen wijken, naar het centrum of naar de regio.")
    van: str
    naar: str
    lengte_km: float = Field(description="Lengte van alle wegvakken samen.")
    gemeten_km: float = Field(description="Lengte met een eigen teller.")
    groen_km: float
    wegvakken: list[Wegvak]


class Wijk(Public):
    """A district, with what counts and measures in it."""

    id: str
    naam: str
    eigenaar: str = Field(description="Kenmerk van wie voor de cijfers instaat, zoals in `/eigenaren`.")
    telpunten: list[str]
    meetstations: list[str]


class Luchtindex(Row):
    """One index of one hour at a station."""

    tabel: str = Field(description="De index en de versie van haar tabel.")
    waarde: int | None = Field(description=f"{described('lki')} {described('eaqi')}")
    niveau: str | None = Field(description="Het woord bij de waarde.")
    niveau_code: str | None = Field(description="De code van dat woord.")
    grondslag: dict[str, Any] = Field(
        description="Deelindexen, de hoogste stof, de laag van elke stof, hoe fijnstof gemiddeld is, en verhoging."
    )
    regel: str
