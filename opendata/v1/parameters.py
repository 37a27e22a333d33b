"""What may be asked: one strict model per question, so that every mistake is reported at once."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, Union, get_args, get_origin

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator
from pydantic.alias_generators import to_camel

from opendata.coordinates import CRS84, SYSTEMS, ReferenceSystem
from opendata.geometry import BoundingBox
from opendata.v1.indicator_models import Luchtindex
from opendata.v1.instants import Bound, Instant
from opendata.v1.intervals import Interval
from opendata.v1.models import Aandeel, Gebruik, Luchtmeting, Public, Telling, Telpunttelling

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
_CRS: Final = (
    "Stelsel van de posities in het antwoord, dat `Content-Crs` noemt: CRS84 is lengte en breedte van WGS 84, "
    "EPSG:4258 breedte en lengte van ETRS89, EPSG:28992 meters van RD (Amersfoort / RD New), tot op een halve meter."
)
_FIELDS: Final = (
    "Alleen deze velden van een rij, met komma's ertussen en in deze volgorde, zoals `startTijd,waarde`; standaard "
    "alle. In CSV staat het onderwerp er altijd voor, in GeoJSON blijven kenmerk en geometrie."
)
_ORDER: Final = (
    "Volgorde van de rijen: velden met komma's ertussen, met `-` van hoog naar laag, zoals `wijk,-naam`. Wat leeg is, "
    "staat achteraan; standaard op kenmerk."
)
_ORDERED: Final = frozenset({str, int, float, bool, date, datetime})
_UNIONS: Final = frozenset({Union, UnionType})
_DEGREE: Final = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"
_DEGREES: Final = re.compile(_DEGREE, re.ASCII)
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


def _ids(text: str) -> str:
    """Refuse what is no list of ids; name those that are none."""
    wrong = [one[:60] for one in text.split(",") if not re.fullmatch(ID, one, re.ASCII)]
    if wrong:
        named = ", ".join(repr(one) for one in wrong[:20])
        raise ValueError(f"verwacht kenmerken met komma's ertussen, zoals a,b; geen kenmerk: {named}.")
    return text


Ids: TypeAlias = Annotated[
    str,
    AfterValidator(_ids),
    Field(max_length=6_000),
    WithJsonSchema({"type": "string", "pattern": r"^[a-z0-9-]{1,60}(,[a-z0-9-]{1,60})*$"}),
]
"""Several ids, with commas between them."""


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

    row_shape: ClassVar[type[Public] | None] = None
    """What the rows of the answer are, of which `velden` and `sorteer` name fields."""

    formaat: Literal["json", "csv"] | None = Field(None, description=_FORM)
    velden: str | None = Field(None, max_length=2_000, description=_FIELDS)

    @field_validator("velden")
    @classmethod
    def _known_fields(cls, text: str | None) -> str | None:
        """Refuse what is no field of a row; name those that are none."""
        return None if text is None else named_fields(text, field_names(cls.row_shape))


def field_names(shape: type[Public] | None) -> list[str]:
    """Give the public names of all fields of a row."""
    return [field.alias or name for name, field in shape.model_fields.items()] if shape else []


def sortable_names(shape: type[Public] | None) -> list[str]:
    """Give the public names of the fields of a row that are a text, a number, a day or a time, and so have an order."""
    if shape is None:
        return []
    return [field.alias or name for name, field in shape.model_fields.items() if _has_an_order(field.annotation)]


def _has_an_order(annotation: object) -> bool:
    return (
        annotation in _ORDERED
        or any(_has_an_order(one) for one in get_args(annotation) if get_origin(annotation) in _UNIONS)
        or (get_origin(annotation) is Literal)
    )


def named_fields(text: str, known: Sequence[str]) -> str:
    """Refuse names that are not known, or come twice."""
    names = text.split(",")
    wrong = [one[:60] for one in names if one not in known]
    if wrong:
        raise ValueError(f"kent niet: {', '.join(map(repr, wrong[:20]))}; bekend: {', '.join(known) or 'geen'}.")
    if len(set(names)) < len(names):
        raise ValueError("noemt een veld twee keer.")
    return text


def _system(name: str) -> str:
    """Refuse what is no name of a reference system."""
    if name not in SYSTEMS:
        raise ValueError(f"verwacht {', '.join(SYSTEMS)}.")
    return name


def _read_box(text: str) -> BoundingBox:
    """Read a bounding box; raise ValueError with a Dutch sentence that says what is expected."""
    parts = text.split(",")
    if len(parts) != 4 or not all(_DEGREES.fullmatch(one) for one in parts):  # noqa: PLR2004 - two corners
        raise ValueError("verwacht vier getallen: west,zuid,oost,noord in graden, zoals 6.5,52.9,6.7,53.1.")
    box = BoundingBox(*map(float, parts))
    if not BoundingBox(-180, -90, 180, 90).spans(box):
        raise ValueError("verwacht lengtegraden van -180 tot 180 en breedtegraden van -90 tot 90.")
    if box.west > box.east or box.south > box.north:
        raise ValueError("verwacht eerst west en zuid, dan oost en noord.")
    return box


def _box(text: str) -> str:
    """Refuse what is no bounding box."""
    _read_box(text)
    return text


System: TypeAlias = Annotated[
    str, AfterValidator(_system), WithJsonSchema({"type": "string", "enum": list(SYSTEMS), "default": CRS84.address})
]
"""A reference system, by its address or its short name."""
Box: TypeAlias = Annotated[
    str,
    AfterValidator(_box),
    WithJsonSchema({"type": "string", "pattern": rf"^{_DEGREE}(,{_DEGREE}){{3}}$", "examples": ["6.5,52.9,6.7,53.1"]}),
]
"""A bounding box: west, south, east, north."""


class PlaceQuestion(Question):
    """A question about one place."""

    formaat: Literal["json", "geojson"] | None = Field(None, description=_FORM)  # type: ignore[assignment] # another form
    crs: System = Field(CRS84.address, description=_CRS)

    @property
    def system(self) -> ReferenceSystem:
        """The reference system of the answer."""
        return SYSTEMS[self.crs]


class OwnersQuestion(Question):
    """A question about places or days of all owners, or of one."""

    eigenaar: OwnerId | None = Field(None, description="Kenmerk van één eigenaar, uit `/eigenaren`; standaard alle.")
    sorteer: str | None = Field(None, max_length=500, description=_ORDER)

    @field_validator("sorteer")
    @classmethod
    def _known_order(cls, text: str | None) -> str | None:
        """Refuse what rows cannot be sorted by; name it."""
        if text is not None:
            named_fields(",".join(one.removeprefix("-") for one in text.split(",")), sortable_names(cls.row_shape))
        return text


class MapQuestion(OwnersQuestion):
    """A question about places that can be drawn on a map."""

    formaat: Literal["json", "csv", "geojson"] | None = Field(None, description=_FORM)  # type: ignore[assignment] # one form more
    bbox: Box | None = Field(
        None,
        description="Alleen plaatsen waarvan een deel in deze rechthoek ligt: west,zuid,oost,noord in graden van WGS "
        "84 (CRS84), ook bij een andere `crs`. Wat niet ingetekend is, ligt in geen rechthoek.",
    )
    crs: System = Field(CRS84.address, description=_CRS)

    @property
    def system(self) -> ReferenceSystem:
        """The reference system of the answer."""
        return SYSTEMS[self.crs]

    @property
    def box(self) -> BoundingBox | None:
        """The bounding box that places are asked of, if any."""
        return None if self.bbox is None else _read_box(self.bbox)


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


class SeriesQuestion(Ranged):
    """A question about one series."""

    sorteer: Literal["startTijd", "-startTijd"] = Field(
        "startTijd", description="Volgorde van de rijen: van vroeg naar laat, of met `-` van laat naar vroeg."
    )


class CountQuestion(SeriesQuestion):
    """Counts of a site."""

    row_shape = Telling

    interval: Interval = Field(Interval.UUR, description="Lengte van een rij; een dag is een lokale kalenderdag.")
    vervoerwijze: Vervoerwijze = Field(Vervoerwijze.FIETS, description="Wat er is geteld.")
    richting: Key | None = Field(None, description="Eén richting van het telpunt; standaard alle samen.")


class SiteCountQuestion(Ranged):
    """Counts of several sites."""

    row_shape = Telpunttelling

    telpunt: Ids | None = Field(
        None, description="Kenmerken van telpunten met komma's ertussen, zoals `a,b`; standaard alle."
    )
    eigenaar: OwnerId | None = Field(None, description="Alleen telpunten van deze eigenaar, uit `/eigenaren`.")
    interval: Interval = Field(
        Interval.UUR,
        description="Lengte van een rij; een dag is een lokale kalenderdag. Van kwartieren is er geen verleden.",
    )
    vervoerwijze: Vervoerwijze = Field(Vervoerwijze.FIETS, description="Wat er is geteld.")


class ShareQuestion(SeriesQuestion):
    """The cycling share on a screenline."""

    row_shape = Aandeel

    tellijn: Key = Field(description="Kenmerk van de tellijn, uit /tellijnen.")
    noemer: Noemer = Field(
        Noemer.MOTOR,
        description="`motor`: fiets en motorvoertuigen; `alle`: ook voetgangers; anders fiets en die ene vervoerwijze.",
    )
    interval: Interval = Field(
        Interval.DAG, description="Lengte van een rij; `geheel` is de gevraagde periode als één rij."
    )


class UsageQuestion(SeriesQuestion):
    """Days of a route."""

    row_shape = Gebruik


class AirQuestion(SeriesQuestion):
    """Hours of a station."""

    row_shape = Luchtmeting

    stof: Key | None = Field(None, description="Eén stof, zoals pm25 of no2; standaard alle.")
    laag: Laag = Field(
        Laag.GEMETEN,
        description="`gemeten`: zoals de sensor zegt; `uitgever`: door de uitgever gekalibreerd; de andere: door ons "
        "gecorrigeerd. De lagen staan naast elkaar.",
    )


class IndexQuestion(SeriesQuestion):
    """The indices of a station, by the hour."""

    row_shape = Luchtindex

    tabel: Tabel | None = Field(None, description="Eén index en versie van haar tabel; standaard alle.")
