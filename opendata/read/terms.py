"""Under which terms numbers may be used: per source, and of an owner's own data what is simulated apart."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.states import AnswerSubject

_SIMULATED: Final = "simulated"


class Terms(msgspec.Struct, frozen=True):
    """Whose numbers are of these origins; `licence` is an SPDX identifier.

    Of an owner's own data `data_source` is None, and so are the words and the address: whoever shows them chooses.
    """

    data_source: str | None
    holder: str
    licence: str
    licence_url: str | None
    attribution: str | None
    origins: tuple[str, ...]

    @property
    def simulated(self) -> bool:
        """Tell whether nothing of it was counted or measured."""
        return set(self.origins) == {_SIMULATED}


async def read(store: NamedQueries, about: AnswerSubject, start: datetime | None, end: datetime | None) -> list[Terms]:
    """Read the terms of what a subject rests on in [start, end), each once; a null bound is none."""
    return list(apart(await structs.every(store, Terms, "terms", start=start, end=end, **about.values)))


class TermsOfDatastream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the numbers of one datastream come from, and under which terms they may be used, as queries give it."""

    origin: str
    data_source: str | None
    holder: str
    licence: str
    licence_url: str | None
    attribution: str | None

    @property
    def terms(self) -> Terms:
        """Under which terms its numbers may be used."""
        whole = Terms(self.data_source, self.holder, self.licence, self.licence_url, self.attribution, (self.origin,))
        return next(apart([whole]))


def apart(found: Iterable[Terms]) -> Iterator[Terms]:
    """Yield the terms, but of an owner's own data what is simulated after what is not."""
    for one in found:
        if one.data_source is not None:
            yield one
            continue
        counted = tuple(origin for origin in one.origins if origin != _SIMULATED)
        for origins in (counted, (_SIMULATED,) if _SIMULATED in one.origins else ()):
            if origins:
                yield msgspec.structs.replace(one, origins=origins)
