"""The task of `aggregate` that ends the sessions of readers which exceed their limits."""

import asyncio
import logging
from typing import Final

import psycopg

from streams.sinks.readers import Readers

_log = logging.getLogger(__name__)
_EVERY: Final = 5.0  # seconds


async def watch_readers(readers: Readers) -> None:
    """Look until cancelled; failures of the database are ignored, as readers fail then too."""
    while True:
        try:
            for one in await readers.end_overlong():
                _log.warning("a session of %s (%d) was ended, it had begun at %s", one.role, one.pid, one.since)
        except psycopg.Error as problem:
            _log.info("readers are not watched, again in %.0f s: %s", _EVERY, str(problem).strip())
            await readers.drop()
        await asyncio.sleep(_EVERY)
