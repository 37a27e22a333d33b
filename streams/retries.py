"""Retries of database work, for less time than Kafka waits before it evicts the worker."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from random import uniform
from typing import Final, TypeVar

import psycopg

from streams.refusals import is_refusal

_log = logging.getLogger(__name__)
_PATIENCE: Final = 25.0  # seconds; a rebalance waits 60, before which an evicted worker must have ended
_LONGEST: Final = 3.0
_T = TypeVar("_T")


class StoreUnavailableError(Exception):
    """The database did not take a batch in time; nothing was acknowledged, the next worker consumes it again."""


async def patiently(
    action: Callable[[], Awaitable[_T]], reset: Callable[[], Awaitable[None]], *, refusals: int = 3
) -> _T:
    """Retry `action` until it succeeds, after `reset` each time; raise StoreUnavailableError after the time limit.

    A refusal of the data itself (`refusals.is_refusal`) is tried `refusals` times at most, and then raised.
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
