"""What may be asked of indicators and of changes."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias

from pydantic import Field, PlainValidator, WithJsonSchema

from opendata.v1.indicator_models import Kengetal, Wijziging
from opendata.v1.instants import Day, Instant
from opendata.v1.parameters import AT, Key, Paged, Vervoerwijze
from opendata.vocabulary import KENGETAL, KINDS, PERIODS

SLUGS: Final = {public: name for name, public in KENGETAL.items()}


def _slug(text: Any) -> str:  # noqa: ANN401 - a validator is handed anything
    if text not in SLUGS:
        raise ValueError("is geen kengetal; /indicatoren geeft alle kenmerken.")
    return str(text)


Slug: TypeAlias = Annotated[str, PlainValidator(_slug), WithJsonSchema({"type": "string", "enum": list(SLUGS)})]
_OF_INDICATORS: Final = ("day", "month", "year", "year_to_date", "rolling_year", "opening")
Periode = StrEnum("Periode", {name.upper(): PERIODS[name] for name in _OF_INDICATORS})  # type: ignore[misc] # the words of the table
Soort = StrEnum("Soort", {name.upper(): word for name, word in KINDS.items()})  # type: ignore[misc] # likewise


class IndicatorValueQuestion(Paged):
    """The indicators of one subject."""

    row_shape = Kengetal

    kengetal: Slug | None = Field(None, description="Eén kengetal; standaard alle.")
    periode: Periode | None = Field(None, description="Eén soort periode; standaard alle.")
    start_datum: Day | None = Field(None, description="Alleen perioden die op of na deze dag beginnen.")
    eind_datum: Day | None = Field(None, description="Alleen perioden die op of voor deze dag eindigen: t/m.")
    peil_tijd: Instant | None = Field(None, description=AT)
    gewijzigd_sinds: Instant | None = Field(None, description="Alleen wat na deze tijd veranderd is.")

    @property
    def facet(self) -> str | None:
        """The facet asked, as the public writes it; subclasses name it."""
        return None

    def backwards(self) -> bool:
        """Tell whether the range ends before it begins."""
        first, last = self.start_datum, self.eind_datum
        return isinstance(first, date) and isinstance(last, date) and first > last


class ModeQuestion(IndicatorValueQuestion):
    """Indicators by mode of traffic."""

    vervoerwijze: Vervoerwijze | None = Field(None, description="Eén vervoerwijze; standaard alle.")

    @property
    def facet(self) -> str | None:
        """The mode."""
        return self.vervoerwijze


class SubstanceQuestion(IndicatorValueQuestion):
    """Indicators by substance."""

    stof: Key | None = Field(None, description="Eén stof, zoals pm25 of no2; standaard alle.")

    @property
    def facet(self) -> str | None:
        """The substance."""
        return self.stof


class LinkQuestion(IndicatorValueQuestion):
    """Indicators of a link, some of them by screenline."""

    tellijn: Key | None = Field(None, description="Alleen kengetallen die over deze tellijn gaan.")

    @property
    def facet(self) -> str | None:
        """The screenline."""
        return self.tellijn


class ChangeQuestion(Paged):
    """What changed."""

    row_shape = Wijziging

    gewijzigd_sinds: Instant = Field(
        description="Wat na deze tijd veranderde. Neem de volgende keer `meta.gewijzigdTot` van de laatste bladzijde."
    )
    soort: Soort | None = Field(None, description="Alleen van één soort onderwerp.")
    kengetal: Slug | None = Field(None, description="Alleen één kengetal.")
