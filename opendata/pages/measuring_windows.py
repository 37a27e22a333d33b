"""Of which hours a coverage is, in words: measuring windows, where sensors cannot always measure."""

from datetime import datetime

from opendata.database import NamedQueries
from opendata.read import measuring_windows
from opendata.read.states import AnswerSubject
from opendata.vocabulary import of_windows


async def words(
    store: NamedQueries, about: AnswerSubject, start: datetime | None = None, end: datetime | None = None
) -> str:
    """Say it of a subject in [start, end), such as "van de daglichturen"; nothing where it is of all hours."""
    return of_windows(await measuring_windows.read(store, about, start, end))
