"""Days that are unlike others: holidays, works and events, with what they do to the indicators."""

from datetime import date

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class PublishedCalendarEntry(msgspec.Struct, frozen=True):
    """Local days from the first to the last, both included; without sites and links they hold for all of its owner."""

    entry: str
    owner: str
    kind: str
    name: str
    first_day: date
    last_day: date
    effect: str
    sites: tuple[str, ...]
    links: tuple[str, ...]
    note: str


async def between(store: NamedQueries, first: date | None, last: date | None) -> list[PublishedCalendarEntry]:
    """Read the entries of which a day lies in [first, last]; a null bound is none."""
    return await structs.every(store, PublishedCalendarEntry, "calendar", start=first, end=last)
