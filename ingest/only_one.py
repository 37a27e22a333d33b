"""One process of a kind at a time: two bridges would disconnect each other for ever, two pollers ask twice."""

import asyncio
import fcntl
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvloop

from schemas.failures import CheckFailedError


class SecondProcessError(CheckFailedError):
    """Another process of this kind holds the lock; stop it first, or leave it running."""


@contextmanager
def only_one(lock_file: Path, called: str) -> Iterator[None]:
    """Hold the lock while the body runs; raise SecondProcessError when another process has it.

    `called` is what the error calls it.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            lock.seek(0)
            raise SecondProcessError(
                f"{called} runs already (pid {lock.read().strip() or 'unknown'}, {lock_file})"
            ) from problem
        with suppress(OSError):  # the lock holds without our name in it, also on a full disk
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), f"{os.getpid()}\n".encode())
        yield


def run_alone(work: Callable[[], Coroutine[Any, Any, None]], lock_file: Path, called: str, log: logging.Logger) -> None:
    """Run a process of which there is one: until its work ends, or SIGTERM or SIGINT cancels it.

    Work that fails ends the process with its traceback; where another process has the lock that is logged, and the exit
    code is 75.
    """
    try:
        with only_one(lock_file, called), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signalled(work))
    except SecondProcessError as problem:
        log.error(str(problem))  # noqa: TRY400 - the sentence says it all
        raise SystemExit(os.EX_TEMPFAIL) from None


async def _until_signalled(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    working = asyncio.create_task(work(), name="work")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    with suppress(asyncio.CancelledError):
        await working
