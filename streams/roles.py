"""What a worker does: each role puts its parts together, works while its context lasts, and takes them apart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from schemas.topics import OBSERVATIONS, REJECTIONS
from streams.agents import attach_keep, attach_tally
from streams.app import App, assemble, running
from streams.fences import Fences, logs_of
from streams.keeping import ObservationKeeper, RejectionKeeper
from streams.measuring import measure_on
from streams.metrics import KeepMetrics, TallyMetrics
from streams.position import Position
from streams.progress import Progress
from streams.publishing import Publisher
from streams.remade import watch_topics
from streams.settings import WorkerSettings
from streams.sinks.changes import Changes
from streams.sinks.readers import Readers
from streams.sinks.stages import Stages
from streams.sinks.tallies import Ledger
from streams.sinks.timescale import Store
from streams.tallying import Tallier
from streams.watching import watch_readers


class Work(NamedTuple):
    """A role at work: its application, and whether something waits that should get done."""

    app: App
    behind: Callable[[], bool]


@asynccontextmanager
async def keep(settings: WorkerSettings, progress: Progress) -> AsyncIterator[Work]:
    """Store what is heard, each topic behind its own fence and over its own connection."""
    logs = await logs_of(settings.kafka, (OBSERVATIONS.name, REJECTIONS.name))
    observations = ObservationKeeper(Store(settings.postgres), logs[OBSERVATIONS.name])
    rejections = RejectionKeeper(Store(settings.postgres), logs[REJECTIONS.name])
    fences = Fences(Store(settings.postgres), logs.values(), settings.kafka)
    metrics = KeepMetrics()
    position = Position(fences, progress, metrics)
    with TemporaryDirectory() as scratch:
        app = assemble(
            group="doorfiets-keep",
            instance=settings.instance,
            kafka=settings.kafka,
            scratch=Path(scratch),
            seeks=position,
        )
        attach_keep(
            app,
            position.keeping(OBSERVATIONS.name, observations.keep),
            position.keeping(REJECTIONS.name, rejections.keep),
        )
        stages = Stages(settings.postgres, "keep")
        async with running(app), asyncio.TaskGroup() as tasks:
            measuring = tasks.create_task(
                measure_on(
                    stages,
                    lambda: stages.store_measured(settings.instance, position.backlog(app.consumer)),
                    metrics.measured,
                ),
                name="measure",
            )
            watching = tasks.create_task(watch_topics(settings.kafka, logs.values(), progress.end), name="topics")
            yield Work(app, lambda: position.behind(app.consumer))
            measuring.cancel()
            watching.cancel()


@asynccontextmanager
async def tally(settings: WorkerSettings, progress: Progress) -> AsyncIterator[Work]:
    """Recompute what is dirty, and publish what changed; hints only make it sooner."""
    publisher = Publisher(
        settings.kafka,
        Changes(settings.postgres),
        hold=lambda: tallier.rebuilding(),  # noqa: PLW0108 - the tallier comes next
        busy=lambda: tallier.busy(),  # noqa: PLW0108 - likewise
    )
    ledger = Ledger(settings.postgres, settings.reckon_after)
    metrics = TallyMetrics()
    tallier = Tallier(ledger, made=progress.made, done=publisher.due, took=metrics.took)
    stages = Stages(settings.postgres, "tally")
    with TemporaryDirectory() as scratch:
        app = assemble(
            group=f"doorfiets-tally-{settings.instance}",  # a group of its own: every tally hears every hint
            instance=settings.instance,
            kafka=settings.kafka,
            scratch=Path(scratch),
        )
        attach_tally(app, tallier.wake)
        async with running(app), asyncio.TaskGroup() as tasks:
            chores = [
                tasks.create_task(tallier.run(), name="tally"),
                tasks.create_task(publisher.run(), name="publish"),
                tasks.create_task(
                    measure_on(stages, lambda: stages.aggregate_measured(ledger.edge), metrics.measured), name="measure"
                ),
                tasks.create_task(watch_readers(Readers(settings.postgres)), name="readers"),
            ]
            progress.ready()
            yield Work(app, tallier.behind)
            for chore in chores:
                chore.cancel()
