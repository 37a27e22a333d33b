"""What is done again and again while the site runs: an error ends one round of it, never all that would follow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

_log: Final = logging.getLogger(__name__)


async def repeat(once: Callable[[], Awaitable[None]], every: float, name: str) -> NoReturn:
    """Do something every so many seconds, until cancelled; an error is logged when it is another than the last one."""
    last = ""
    while True:
        try:
            await once()
            last = ""
        except Exception as error:  # noqa: BLE001 - whatever it is, others wait for the next round
            if repr(error) != last:
                _log.exception("%s: a round failed, the next one follows", name)
            last = repr(error)
        await asyncio.sleep(every)
