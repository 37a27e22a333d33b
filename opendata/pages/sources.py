"""Whose numbers a page shows and under which terms, in the words of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.database import NamedQueries
from opendata.pages.language import PageLanguage
from opendata.read import terms
from opendata.read.states import AnswerSubject
from opendata.read.terms import Terms


@dataclass(frozen=True)
class Source:
    """Whose data they are, what may be done with them, and what to name them by, in words that may be `ours`."""

    holder: str
    licence: str
    address: str
    attribution: str
    ours: bool
    origins: Sequence[str]


async def read(store: NamedQueries, about: AnswerSubject, language: PageLanguage) -> list[Source]:
    """Read whose numbers a subject rests on, each once."""
    return [_source(one, language) for one in await terms.read(store, about, None, None)]


def _source(one: Terms, language: PageLanguage) -> Source:
    own = language("page.simulated_data" if one.simulated else "page.own_data")
    return Source(
        one.holder,
        one.licence,
        one.licence_url or language.licence_url(one.licence),
        one.attribution if one.attribution is not None else own,
        one.attribution is None,
        one.origins,
    )
