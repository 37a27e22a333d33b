"""The roles of workers, `store` and `aggregate`: each assembles its parts as a context manager."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from schemas.topics import OBSERVATIONS, REJECTIONS
from streams.agents import attach_aggregate, attach_store
from streams.aggregate_publisher import AggregatePublisher
from streams.aggregator import Aggregator
from streams.app import App, assemble, running
from streams.fences import Fences, logs_of
from streams.measurement import measure_on
from streams.metrics import AggregateMetrics, StoreMetrics
from streams.position import Position
from streams.progress import Progress
from streams.reader_limits import watch_readers
from streams.receipts import UnsentReceipts
from streams.settings import WorkerSettings
from streams.sinks.aggregation.aggregate_store import AggregateStore
from streams.sinks.changes import Changes
from streams.sinks.observation_store import ObservationStore
from streams.sinks.readers import Readers
from streams.sinks.stages import Stages
from streams.topic_identity import watch_topics
from streams.writers import ObservationWriter, RejectionWriter


class Work(NamedTuple):
    """A running role: its application, and whether there is work to be done."""

    app: App
    behind: Callable[[], bool]


@asynccontextmanager
async def store(settings: WorkerSettings, progress: Progress) -> AsyncIterator[Work]:
    """Store what is received, each topic with its own fence and connection."""
    logs = await logs_of(settings.kafka, (OBSERVATIONS.name, REJECTIONS.name))
    unsent = UnsentReceipts(settings.instance)
    observations = ObservationWriter(ObservationStore(settings.postgres), logs[OBSERVATIONS.name], unsent.add)
    rejections = RejectionWriter(ObservationStore(settings.postgres), logs[REJECTIONS.name], unsent.add)
    fences = Fences(ObservationStore(settings.postgres), logs.values(), settings.kafka)
    metrics = StoreMetrics()
    position = Position(fences, progress, metrics)
    with TemporaryDirectory() as scratch:
        app = assemble(
            group="doorfiets-store",
            instance=settings.instance,
            kafka=settings.kafka,
            scratch=Path(scratch),
            seeks=position,
        )
        attach_store(
            app,
            position.storing(OBSERVATIONS.name, observations.write),
            position.storing(REJECTIONS.name, rejections.write),
            unsent.frames,
        )
        stages = Stages(settings.postgres, "store")
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
async def aggregate(settings: WorkerSettings, progress: Progress) -> AsyncIterator[Work]:
    """Recompute the marked hours and publish what changed; hints only make it start sooner."""
    publisher = AggregatePublisher(
        settings.kafka,
        Changes(settings.postgres),
        hold=lambda: aggregator.rebuilding(),  # noqa: PLW0108 - the aggregator comes next
        busy=lambda: aggregator.busy(),  # noqa: PLW0108 - likewise
    )
    aggregate_store = AggregateStore(settings.postgres, settings.indicators_after)
    metrics = AggregateMetrics()
    aggregator = Aggregator(aggregate_store, made=progress.made, done=publisher.due, took=metrics.took)
    stages = Stages(settings.postgres, "aggregate")
    with TemporaryDirectory() as scratch:
        app = assemble(
            group=f"doorfiets-aggregate-{settings.instance}",  # every aggregate receives every hint
            instance=settings.instance,
            kafka=settings.kafka,
            scratch=Path(scratch),
        )
        attach_aggregate(app, aggregator.wake)
        async with running(app), asyncio.TaskGroup() as tasks:
            workers = [
                tasks.create_task(aggregator.run(), name="aggregate"),
                tasks.create_task(publisher.run(), name="publish"),
                tasks.create_task(
                    measure_on(stages, lambda: stages.aggregate_measured(aggregate_store.edge), metrics.measured),
                    name="measure",
                ),
                tasks.create_task(watch_readers(Readers(settings.postgres)), name="readers"),
            ]
            progress.ready()
            yield Work(app, aggregator.behind)
            for worker in workers:
                worker.cancel()
