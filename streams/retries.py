"""Patience with the database, but less than Kafka has with us: who holds a batch too long becomes a zombie."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from random import uniform
from typing import Final, TypeVar

import psycopg

from streams.refusals import is_refusal

_log = logging.getLogger(__name__)
_PATIENCE: Final = 25.0  # seconds; a rebalance waits 60, an evicted worker must be gone before
_LONGEST: Final = 3.0
_T = TypeVar("_T")


class StoreUnavailableError(Exception):
    """The database did not take a batch in time. Nothing was acknowledged: the next worker reads it again."""


async def patiently(
    action: Callable[[], Awaitable[_T]], reset: Callable[[], Awaitable[None]], *, refusals: int = 3
) -> _T:
    """Try until it succeeds, on a new connection each time; raise StoreUnavailableError when patience runs out.

    What the database refuses for what it is, is tried `refusals` times at most, and then raised.
    """
    problem: psycopg.Error | None = None
    pause = 0.05
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    return await action()
                except psycopg.Error as refused:
                    problem = refused
                    refusals -= is_refusal(refused)
                    _log.warning("database refused, again in %.2f s: %s", pause, str(refused).strip())
                await reset()
                if not refusals:
                    raise problem
                await asyncio.sleep(pause * uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
                pause = min(_LONGEST, pause * 2)
    except TimeoutError as timeout:
        raise StoreUnavailableError(f"no success in {_PATIENCE:.0f} s, last: {problem}") from (problem or timeout)
