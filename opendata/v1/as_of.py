"""Answers as of a moment: what was published then, and why there is nothing where there was nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from opendata.database import Row
from opendata.reasons import own
from opendata.v1.models import Fout, zulu
from opendata.v1.parameters import Ranged
from opendata.v1.problems import MistakesError

_NOT_OVER: Final = own("not_over_then")
_NOT_KNOWN: Final = own("not_known_then")
_UNCHANGED: Final = frozenset(
    {"started_at", "ended_at", "day", "origins", "expected", "quantity", "unit", "scheme", "rule", "key"}
    | {"indicator", "facet", "period", "part"}
)
"""What a row says of itself and not of a number: it was so then too."""


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

    def row(self, row: Row) -> Row:
        """Give a row as it was known then: a bucket that was not over has no number, one without a version neither."""
        if self.at is None:
            return row
        if row["ended_at"] > self.at:
            stored = {name: value if name in _UNCHANGED else None for name, value in row.items()}
            return stored | {"valid": 0, "quality_flags": 0, "revision": 0, "reason": _NOT_OVER, "links": []}
        return row if row["revised_at"] else {**row, "reason": _NOT_KNOWN}


def of(at: datetime | None, now: datetime) -> AsOf:
    """Take the moment of a question; raise when it lies in the future."""
    if at is not None and at > now:
        raise MistakesError(Fout(parameter="peilTijd", melding="ligt in de toekomst."))
    return AsOf(at)


def present(question: Ranged, why: str) -> None:
    """Refuse a moment where no past is kept."""
    if question.peil_tijd is not None:
        raise MistakesError(Fout(parameter="peilTijd", melding=why))
