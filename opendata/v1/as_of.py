"""Answers as of a moment: the question, and where no past is kept."""

from dataclasses import dataclass
from datetime import date, datetime

from opendata.v1.models import Fout, zulu
from opendata.v1.parameters import Ranged
from opendata.v1.problems import MistakesError


@dataclass(frozen=True)
class AsOf:
    """The moment as of which is asked, or none."""

    at: datetime | None

    @property
    def word(self) -> str | None:
        """The moment as the public writes it."""
        return zulu(self.at) if self.at else None

    def end(self, requested: date | None) -> date | None:
        """Give the end of the period: without one, the moment itself."""
        return requested if requested is not None else self.at


def of(at: datetime | None, now: datetime) -> AsOf:
    """Take the moment of a question; raise when it lies in the future."""
    if at is not None and at > now:
        raise MistakesError(Fout(parameter="peilTijd", melding="ligt in de toekomst."))
    return AsOf(at)


def present(question: Ranged, why: str) -> None:
    """Refuse a moment where no past is kept."""
    if question.peil_tijd is not None:
        raise MistakesError(Fout(parameter="peilTijd", melding=why))
