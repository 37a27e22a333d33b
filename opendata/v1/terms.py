"""Whose numbers an answer rests on and under which terms: per series, as the registry has it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from opendata.database import NamedQueries
from opendata.read import terms
from opendata.read.owners import PublishedOwner
from opendata.read.states import AnswerSubject
from opendata.read.terms import Terms
from opendata.v1.models import Bron, Meta
from opendata.vocabulary import OWN, SIMULATED, herkomst, licence_url


async def read(store: NamedQueries, about: AnswerSubject, start: datetime | None, end: datetime | None) -> list[Bron]:
    """Read the terms of what a subject rests on in a range, each once."""
    return [source(one) for one in await terms.read(store, about, start, end)]


def source(one: Terms) -> Bron:
    """Give the public shape of terms, with our own words for an owner's own data."""
    own = SIMULATED if one.simulated else OWN
    return Bron(
        houder=one.holder,
        licentie=one.licence,
        licentie_adres=one.licence_url or licence_url(one.licence),
        bronvermelding=one.attribution if one.attribution is not None else own,
        herkomst=herkomst(one.origins),  # type: ignore[arg-type] # the table holds these words only
    )


def under(meta: Meta, found: Sequence[Bron]) -> Meta:
    """Give the words of an answer with its sources: one licence, where all of them have the same."""
    if not found:
        return meta
    addresses = unique(one.licentie_adres for one in found)
    change: Mapping[str, Any] = {
        "licentie": addresses[0] if len(addresses) == 1 else None,
        "bronvermelding": unique(one.bronvermelding for one in found),
        "bronnen": list(found),
    }
    return meta.model_copy(update=change)


def of_owners(owners: Sequence[PublishedOwner]) -> dict[str, Any]:
    """Give the words of `Meta` on what these owners publish; the licence of each apart, where they differ."""
    addresses = unique(licence_url(one.licence) for one in owners)
    return {
        "licentie": addresses[0] if len(addresses) == 1 else None,
        "uitgever": "; ".join(unique(one.publisher for one in owners)),
        "bronvermelding": unique(words for one in owners for words in one.attributions),
        "bronnen": [_own(one) for one in owners] if len(owners) > 1 else [],
    }


def _own(owner: PublishedOwner) -> Bron:
    return Bron(
        houder=owner.publisher,
        licentie=owner.licence,
        licentie_adres=licence_url(owner.licence),
        bronvermelding="; ".join(owner.attributions) or owner.publisher,
        herkomst=[],
    )


def unique(words: Iterable[str]) -> list[str]:
    """Give each word once, in the order of its first."""
    return list(dict.fromkeys(words))
