"""Whose numbers an answer rests on and under which terms: per series, as the registry has it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from opendata.database import NamedQueries, Row
from opendata.v1.models import Bron, Meta
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import OWN, SIMULATED, herkomst, licence_url


async def read(store: NamedQueries, about: AnswerSubject, start: datetime | None, end: datetime | None) -> list[Bron]:
    """Read the terms of what a subject rests on in a range, each once."""
    parameters = {"kind": about.kind, "subject": about.name, "facet": about.facet, "direction": about.direction}
    return [one for row in await store.rows("terms", start=start, end=end, **parameters) for one in sources(row)]


def sources(row: Row) -> list[Bron]:
    """Give the sources of one row of terms: of the publisher's own data what is simulated stands apart."""
    if row["data_source"] is not None:
        return [_source(row, row["origins"], row["attribution"])]
    simulated = [origin for origin in row["origins"] if origin == "simulated"]
    counted = [origin for origin in row["origins"] if origin != "simulated"]
    progress = ((counted, OWN), (simulated, SIMULATED))
    return [_source(row, origins, words) for origins, words in progress if origins]


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


def unique(words: Iterable[str]) -> list[str]:
    """Give each word once, in the order of its first."""
    return list(dict.fromkeys(words))


def _source(row: Row, origins: Iterable[str], attribution: str) -> Bron:
    return Bron(
        houder=row["holder"],
        licentie=row["licence"],
        licentie_adres=row["licence_url"] or licence_url(row["licence"]),
        bronvermelding=attribution,
        herkomst=herkomst(origins),  # type: ignore[arg-type] # the table holds these words only
    )
