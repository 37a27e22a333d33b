"""Reckoning: the places that are due, a few in a transaction, each with all that follows from it."""

from datetime import timedelta
from typing import Final

from streams.sinks.air_figures import reckon_exposures, reckon_station
from streams.sinks.connection import Connection
from streams.sinks.desk import Desk
from streams.sinks.facts import SQL, Facts
from streams.sinks.site_figures import reckon_site

PLACES: Final = 4
"""Places of one transaction: live figures wait for no more than these."""


async def mark_stale(connection: Connection, settle: timedelta) -> None:
    """Mark the years of the places whose tallies this transaction has moved."""
    for step in ("mark_sites", "mark_stations"):
        await connection.execute(SQL[step], {"settle": settle})


async def reckon(connection: Connection, places: int = PLACES) -> int:
    """Reckon some places that are due, in the transaction of the connection; answer how many there were."""
    facts = await Facts.of(connection)
    desk = Desk(facts)
    claims = await facts.claim(places)
    for claim in claims:
        await (reckon_site(desk, claim) if claim.kind == "site" else reckon_station(desk, claim))
        await desk.write()
        await reckon_exposures(desk, claim)
        await desk.write()
    return len(claims)
