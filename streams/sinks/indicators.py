"""Computing indicators: the places that are due, a few in a transaction, each with all that follows from it."""

import logging
from collections.abc import Sequence
from typing import Final

import psycopg

from streams.indicators.air import compute_exposures, compute_station
from streams.indicators.inputs import DuePlace
from streams.indicators.sites import compute_site
from streams.indicators.values import IndicatorValues
from streams.sinks import indicator_values
from streams.sinks.aggregation.due_places import claim, mark_at_midnight, put_back
from streams.sinks.connection import Connection
from streams.sinks.indicator_inputs import StoredInputs

_log = logging.getLogger(__name__)
PLACES: Final = 4
"""Places of one transaction: live aggregates wait for no more than these."""


async def compute_due(connection: Connection, held: Sequence[str], places: int = PLACES) -> int:
    """Compute some places that are due, in the transaction of the connection; answer how many there were.

    The places of owners that are not `held` stay due. A place whose indicators cannot be
    computed or written is put back, loudly, and the others go on.
    """
    due = await claim(connection, places, held)
    for place in due:
        try:
            async with connection.transaction():
                await _compute(connection, await StoredInputs.of(connection, place), place)
        except (ValueError, ArithmeticError, psycopg.DataError, psycopg.IntegrityError):
            _log.exception("indicators of %s %s %s cannot be computed, again in an hour", *place[:3])
            await put_back(connection, place)
    return len(due)


async def _compute(connection: Connection, inputs: StoredInputs, place: DuePlace) -> None:
    """Write what a place has itself before what follows from it is computed: that reads it again."""
    values = IndicatorValues()
    if place.kind == "site":
        await compute_site(inputs, place, values)
        await mark_at_midnight(connection, place)
    else:
        await compute_station(inputs, place, values)
    await indicator_values.write(connection, values, inputs)
    await compute_exposures(inputs, place, values)
    await indicator_values.write(connection, values, inputs)
