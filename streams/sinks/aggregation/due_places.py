"""The places whose indicators are due: marked, claimed, and put back where they could not be computed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from streams.indicators.inputs import DuePlace
from streams.sinks.connection import Connection, statements

_SQL: Final = statements("aggregation/due_places.sql")


async def mark_due(connection: Connection, settle: timedelta) -> None:
    """Mark the years of the places whose aggregates this transaction has moved, due after `settle`."""
    for step in ("mark_sites", "mark_stations"):
        await connection.execute(_SQL[step], {"settle": settle})


async def claim(connection: Connection, places: int, held: Sequence[str]) -> list[DuePlace]:
    """Take some places that are due, none of owners that are not `held`."""
    cursor = await connection.execute(_SQL["claim"], {"places": places, "held": list(held)})
    return [DuePlace(*row) for row in await cursor.fetchall()]


async def put_back(connection: Connection, place: DuePlace) -> None:
    """Mark a place again that could not be computed, due in an hour."""
    await connection.execute(_SQL["put_back"], {**place._asdict(), "years": list(place.years)})


async def mark_at_midnight(connection: Connection, place: DuePlace) -> None:
    """Have a site computed again when its running day is over."""
    await connection.execute(_SQL["at_midnight"], {"site": place.subject, "mode": place.facet})
