"""Reading the next part of a long answer while the part before is written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from typing import TypeVar

P = TypeVar("P")
T = TypeVar("T")


async def read_ahead(parts: Iterator[P], read: Callable[[P], Awaitable[T]]) -> AsyncIterator[T]:
    """Read parts in turn, from the second on each while whoever iterates is busy with the one before.

    The first is read alone: it is of the moment of the request, which is over before the rest is read.
    """
    for part in parts:
        yield await read(part)
        break
    ahead: asyncio.Task[T] | None = None
    try:
        for part in parts:
            before, ahead = ahead, asyncio.create_task(_awaited(read, part), name="part of an answer")
            if before is not None:
                yield await before
        if ahead is not None:
            yield await ahead
    finally:
        if ahead is not None and not ahead.done():
            ahead.cancel()
            with suppress(asyncio.CancelledError):
                await ahead


async def _awaited(read: Callable[[P], Awaitable[T]], part: P) -> T:
    return await read(part)
