"""Whose numbers a page shows and under which terms, in the words of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.database import NamedQueries
from opendata.read import terms
from opendata.read.states import AnswerSubject
from opendata.read.terms import Terms
from opendata.vocabulary import OWN, SIMULATED, herkomst, licence_url


@dataclass(frozen=True)
class Source:
    """Whose data they are, what may be done with them, and what to name them by."""

    holder: str
    licence: str
    address: str
    attribution: str
    origins: Sequence[str]


async def read(store: NamedQueries, about: AnswerSubject) -> list[Source]:
    """Read whose numbers a subject rests on, each once."""
    return [_source(one) for one in await terms.read(store, about, None, None)]


def _source(one: Terms) -> Source:
    own = SIMULATED if one.simulated else OWN
    return Source(
        one.holder,
        one.licence,
        one.licence_url or licence_url(one.licence),
        one.attribution if one.attribution is not None else own,
        herkomst(one.origins),
    )
