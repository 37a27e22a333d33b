"""The measurement of a worker's stages once a second, which its work never waits for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, TypeVar

import psycopg

from streams.sinks.stages import Stages

T = TypeVar("T")
_log = logging.getLogger(__name__)
_EVERY: Final = 1.0  # seconds
_RARELY: Final = 5.0
_SHARE: Final = 20  # the pause in times that a measurement took


async def measure_on(stages: Stages, measure: Callable[[], Awaitable[T]], tell: Callable[[T], None]) -> None:
    """Measure until cancelled: at most a twentieth of the time, but every few seconds however long it takes."""
    while True:
        began = monotonic()
        try:
            tell(await measure())
        except psycopg.Error as problem:
            _log.info("not measured, again in %.0f s: %s", _EVERY, str(problem).strip())
            await stages.drop()
        await asyncio.sleep(min(_RARELY, max(_EVERY, _SHARE * (monotonic() - began))))
