"""One worker process: started, watched and ended."""

import asyncio
import signal
from contextlib import suppress
from typing import Final

import uvloop

from streams import roles
from streams.progress import Progress
from streams.settings import WorkerSettings

_TICK: Final = 2.0
_ROLES: Final = {"store": roles.store, "aggregate": roles.aggregate}


def run(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT; end with code 1 when the worker cannot go on."""
    progress = Progress(settings.ready_file)
    progress.watch()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings, progress))


async def _work(settings: WorkerSettings, progress: Progress) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with _ROLES[settings.role](settings, progress) as work:
            await _until(stop, work, progress)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the next worker starts from the fence
        progress.end(problem)
    progress.gone()


async def _until(stop: asyncio.Event, work: roles.Work, progress: Progress) -> None:
    while not stop.is_set() and not work.app.should_stop:
        progress.tick(behind=work.behind())
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TICK)
    if not stop.is_set():
        progress.end(work.app.crash_reason or "the application stopped by itself")
