"""Whether there is a place or a chain of a kind, and whose it is."""

from opendata.database import NamedQueries
from opendata.read import structs


async def owner(store: NamedQueries, kind: str, name: str) -> str | None:
    """Give the id of the owner of a place; None where there is no such place."""
    return await structs.only(store, str, "subject", kind=kind, subject=name)
