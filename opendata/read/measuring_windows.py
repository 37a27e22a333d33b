"""When the sensors behind a number can measure at all, by the codes of the registry."""

from collections.abc import Sequence
from datetime import datetime

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.states import AnswerSubject


async def read(
    store: NamedQueries, about: AnswerSubject, start: datetime | None, end: datetime | None
) -> Sequence[str]:
    """Read the measuring windows of a subject in [start, end): none where all of its sensors always measure."""
    found = await structs.only(store, tuple[str, ...], "measuring_windows", start=start, end=end, **about.values)
    return found or ()
