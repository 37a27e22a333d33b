"""What may be asked: one strict model per question, so that every mistake is reported at once."""

import re
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from opendata.v1.instants import Bound, Instant
from opendata.v1.intervals import Interval

_WHOLE: Final = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
MOST_ROWS: Final = 10_000
_START: Final = (
    "Rijen die op of na deze tijd beginnen: een rij hoort bij haar begin. Dagen en langer beginnen om middernacht "
    "lokale tijd, zoals `2026-11-23T00:00:00%2B01:00` (een + in een adres is `%2B`); bij die intervallen mag ook een "
    "kale datum, zoals `2026-11-23`. Standaard de lokale middernacht zoveel voor eindTijd: kwartier 1 dag, uur "
    "7 dagen, dag 31 dagen, week 26 weken, maand en twaalf-maanden 1 jaar, jaar 10 jaar, geheel 1 jaar. Van "
    "twaalf-maanden is er een rij voor elke maand die in de periode begint: de twaalf maanden die met haar eindigen."
)
_END: Final = (
    "Rijen die voor deze tijd beginnen; standaard nu. Een kale datum is de middernacht waarmee die dag begint, "
    "en hoort er dus zelf niet bij."
)
AT: Final = (
    "Zoals het op dit moment was uitgegeven: het getal van toen, over de plaatsen van nu. Was een periode toen niet "
    "voorbij, dan is het `null` met die reden; tussenstanden van een lopende periode worden niet bewaard. Kan van een "
    "uur en langer."
)
_FORM: Final = "Vorm van het antwoord; gaat voor op de Accept-header."
_SINCE: Final = (
    "Alleen rijen die na deze tijd veranderd zijn, binnen de gevraagde periode; bladzijden kunnen leeg zijn. "
    "`/wijzigingen` geeft alles wat veranderde, van welke dag het ook is."
)


def _whole(text: Any) -> int:  # noqa: ANN401 - a validator is handed anything
    if isinstance(text, int):
        return text
    if not _WHOLE.fullmatch(str(text)) or int(text) > MOST_ROWS:
        raise ValueError(f"verwacht een geheel getal van 1 tot en met {MOST_ROWS}, zonder punten of spaties.")
    return int(text)


PageSize: TypeAlias = Annotated[
    int,
    BeforeValidator(_whole),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 1000}),
]
ID: Final = r"^[a-z0-9-]{1,60}$"
"""The pattern of what owners call their places."""
Id: TypeAlias = Annotated[str, Path(pattern=ID, description="Kenmerk, zoals in de lijst.")]
Key: TypeAlias = Annotated[str, Field(pattern=ID)]
OwnerId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")]


class Vervoerwijze(StrEnum):
    """What is counted; `opendata.vocabulary.MODES` gives the quantity."""

    FIETS = "fiets"
    BROMFIETS = "bromfiets"
    PERSONENAUTO = "personenauto"
    BESTELAUTO = "bestelauto"
    VRACHTVERKEER = "vrachtverkeer"
    VOETGANGER = "voetganger"


class Noemer(StrEnum):
    """Which modes a share is taken of; `opendata.vocabulary.DENOMINATORS` gives the variant."""

    MOTOR = "motor"
    ALLE = "alle"
    BROMFIETS = "bromfiets"
    PERSONENAUTO = "personenauto"
    BESTELAUTO = "bestelauto"
    VRACHTVERKEER = "vrachtverkeer"
    VOETGANGER = "voetganger"


class Laag(StrEnum):
    """In which layer air is given; `opendata.vocabulary.LAYERS` gives ours."""

    GEMETEN = "gemeten"
    UITGEVER = "uitgever"
    BARKJOHN_1 = "barkjohn-1"
    KOEHLER_1 = "koehler-1"
    REGIONAAL_1 = "regionaal-1"


class Tabel(StrEnum):
    """An index with the version of its table: a name of `schemas.air_indices.SCHEMES`."""

    LKI_2014 = "lki-2014"
    EAQI_2024 = "eaqi-2024"
    EAQI_2017 = "eaqi-2017"


class Question(BaseModel):
    """Any question: unknown parameters are mistakes."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)

    formaat: Literal["json", "csv"] | None = Field(None, description=_FORM)


class OwnersQuestion(Question):
    """A question about places or days of all owners, or of one."""

    eigenaar: OwnerId | None = Field(None, description="Kenmerk van één eigenaar, uit `/eigenaren`; standaard alle.")


class MapQuestion(OwnersQuestion):
    """A question about places that can be drawn on a map."""

    formaat: Literal["json", "csv", "geojson"] | None = Field(None, description=_FORM)  # type: ignore[assignment] # one form more


class Paged(Question):
    """A question whose answer has pages."""

    pagina_grootte: PageSize = Field(1000, description="Rijen per antwoord in JSON; CSV geeft altijd de hele periode.")
    cursor: str | None = Field(None, max_length=600, description="Plaats van de volgende bladzijde, uit `volgende`.")


class Ranged(Paged):
    """A question about a period, now or as of a moment."""

    start_tijd: Bound | None = Field(None, description=_START)
    eind_tijd: Bound | None = Field(None, description=_END)
    peil_tijd: Instant | None = Field(None, description=AT)
    gewijzigd_sinds: Instant | None = Field(None, description=_SINCE)


class CountQuestion(Ranged):
    """Counts of a site."""

    interval: Interval = Field(Interval.UUR, description="Lengte van een rij; een dag is een lokale kalenderdag.")
    vervoerwijze: Vervoerwijze = Field(Vervoerwijze.FIETS, description="Wat er is geteld.")
    richting: Key | None = Field(None, description="Eén richting van het telpunt; standaard alle samen.")


class ShareQuestion(Ranged):
    """The cycling share on a screenline."""

    tellijn: Key = Field(description="Kenmerk van de tellijn, uit /tellijnen.")
    noemer: Noemer = Field(
        Noemer.MOTOR,
        description="`motor`: fiets en motorvoertuigen; `alle`: ook voetgangers; anders fiets en die ene vervoerwijze.",
    )
    interval: Interval = Field(
        Interval.DAG, description="Lengte van een rij; `geheel` is de gevraagde periode als één rij."
    )


class UsageQuestion(Ranged):
    """Days of a route."""


class AirQuestion(Ranged):
    """Hours of a station."""

    stof: Key | None = Field(None, description="Eén stof, zoals pm25 of no2; standaard alle.")
    laag: Laag = Field(
        Laag.GEMETEN,
        description="`gemeten`: zoals de sensor zegt; `uitgever`: door de uitgever gekalibreerd; de andere: door ons "
        "gecorrigeerd. De lagen staan naast elkaar.",
    )


class IndexQuestion(Ranged):
    """The indices of a station, by the hour."""

    tabel: Tabel | None = Field(None, description="Eén index en versie van haar tabel; standaard alle.")
