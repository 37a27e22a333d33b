"""Reckoning: the places that are due, a few in a transaction, each with all that follows from it."""

import logging
from datetime import timedelta
from typing import Final

import psycopg

from streams.sinks.air_figures import reckon_exposures, reckon_station
from streams.sinks.connection import Connection
from streams.sinks.desk import Desk
from streams.sinks.facts import SQL, Claim, Facts
from streams.sinks.site_figures import reckon_site

_log = logging.getLogger(__name__)
PLACES: Final = 4
"""Places of one transaction: live figures wait for no more than these."""


async def mark_stale(connection: Connection, settle: timedelta) -> None:
    """Mark the years of the places whose tallies this transaction has moved."""
    for step in ("mark_sites", "mark_stations"):
        await connection.execute(SQL[step], {"settle": settle})


async def reckon(connection: Connection, places: int = PLACES) -> int:
    """Reckon some places that are due, in the transaction of the connection; answer how many there were.

    A place whose figures cannot be computed or written is put back, loudly, and the others go on.
    """
    facts = await Facts.of(connection)
    claims = await facts.claim(places)
    for claim in claims:
        try:
            async with connection.transaction():
                await _reckon(Desk(facts), claim)
        except (ValueError, ArithmeticError, psycopg.DataError, psycopg.IntegrityError):
            _log.exception("figures of %s %s %s cannot be reckoned, again in an hour", *claim[:3])
            await facts.put_back(claim)
    return len(claims)


async def _reckon(desk: Desk, claim: Claim) -> None:
    await (reckon_site(desk, claim) if claim.kind == "site" else reckon_station(desk, claim))
    await desk.write()
    await reckon_exposures(desk, claim)
    await desk.write()
