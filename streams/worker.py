"""One worker process: started, watched and ended."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import faust
import uvloop

from schemas.topics import OBSERVATIONS, REJECTIONS
from streams.agents import Keep, attach_keep, attach_tally
from streams.app import assemble
from streams.domain.fencing import Record
from streams.fences import Extent, Fences, logs_of
from streams.keeping import ObservationKeeper, RejectionKeeper
from streams.progress import Progress
from streams.publishing import Publisher
from streams.settings import WorkerSettings
from streams.sinks.changes import Changes
from streams.sinks.tallies import Ledger
from streams.sinks.timescale import Outcome, Store
from streams.tallying import Tallier

_TICK: Final = 2.0
_STOP: Final = 10.0  # seconds that an orderly stop may take; nothing depends on its being orderly


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
        async with _ROLES[settings.role](settings, progress) as app:
            await _until(stop, app, progress)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the next worker starts from the fence
        progress.end(problem)
    progress.gone()


async def _until(stop: asyncio.Event, app: faust.App, progress: Progress) -> None:
    while not stop.is_set() and not app.should_stop:
        progress.tick(behind=_behind(app))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TICK)
    if not stop.is_set():
        progress.end(app.crash_reason or "the application stopped by itself")


def _behind(app: faust.App) -> bool:
    consumer = app.consumer
    return any(
        (consumer.highwater(tp) or 0) > (consumer._committed_offset[tp] or 0)  # noqa: SLF001 - Faust tells it nowhere else
        for tp in consumer.assignment()
    )


@asynccontextmanager
async def _keep(settings: WorkerSettings, progress: Progress) -> AsyncIterator[faust.App]:
    logs = await logs_of(settings.kafka, (OBSERVATIONS.name, REJECTIONS.name))
    observations = ObservationKeeper(Store(settings.postgres), logs[OBSERVATIONS.name])
    rejections = RejectionKeeper(Store(settings.postgres), logs[REJECTIONS.name])
    seeks = _Seeks(Fences(Store(settings.postgres), logs.values()), progress)
    with TemporaryDirectory() as scratch:
        app = assemble(
            group="doorfiets-keep",
            instance=settings.instance,
            kafka=settings.kafka,
            scratch=Path(scratch),
            seeks=seeks,
        )
        attach_keep(app, _or_end(observations.keep, progress), _or_end(rejections.keep, progress))
        async with _running(app):
            yield app


@asynccontextmanager
async def _running(app: faust.App) -> AsyncIterator[None]:
    app.finalize()
    await app.start()
    try:
        yield
    finally:
        async with asyncio.timeout(_STOP):
            await app.stop()


def _or_end(keep: Callable[[Sequence[Record]], Awaitable[Outcome]], progress: Progress) -> Keep:
    """What cannot be kept ends the process: an agent that raised would be handed the *next* batch."""

    async def kept(records: Sequence[Record]) -> bool:
        try:
            outcome = await keep(records)
        except Exception as problem:
            progress.end(problem)
            raise
        progress.made()
        return bool(outcome.stored or outcome.corrections)

    return kept


class _Seeks:
    """The consumer's view of the fences."""

    def __init__(self, fences: Fences, progress: Progress) -> None:
        self._fences = fences
        self._progress = progress

    async def seek(self, topic: str, extents: dict[int, Extent]) -> dict[int, int]:
        """Give the offset to read next, by partition."""
        return await self._fences.seek(topic, extents)

    def assigned(self) -> None:
        """Partitions were assigned and sought: at work."""
        self._progress.ready()

    def ended(self, problem: Exception) -> None:
        """The log and the fences disagree."""
        self._progress.end(problem)


@asynccontextmanager
async def _tally(settings: WorkerSettings, progress: Progress) -> AsyncIterator[faust.App]:
    publisher = Publisher(settings.kafka, Changes(settings.postgres))
    tallier = Tallier(Ledger(settings.postgres), made=progress.made, done=publisher.due)
    with TemporaryDirectory() as scratch:
        app = assemble(
            group=f"doorfiets-tally-{settings.instance}",  # a group of its own: every tally hears every hint
            instance=settings.instance,
            kafka=settings.kafka,
            scratch=Path(scratch),
        )
        attach_tally(app, tallier.wake)
        async with _running(app), asyncio.TaskGroup() as tasks:
            chores = [
                tasks.create_task(tallier.run(), name="tally"),
                tasks.create_task(publisher.run(), name="publish"),
            ]
            progress.ready()
            yield app
            for chore in chores:
                chore.cancel()


_ROLES: Final = {"keep": _keep, "tally": _tally}
