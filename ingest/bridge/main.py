"""The bridge as a process: one at a time, from the first connection to the last acknowledgement."""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from datetime import datetime
from itertools import count

import uvloop
from aiokafka.errors import KafkaError

from ingest.clock import HearingClock, system_time
from ingest.bridge.inbox import Inbox
from ingest.bridge.newest import newest_heard
from ingest.bridge.only_one import SecondBridgeError, only_one
from ingest.bridge.pipeline import Pipeline
from ingest.bridge.ready import ReadyFile
from ingest.bridge.session import Session
from ingest.framing import Packer
from ingest.json_log import to_stderr
from ingest.kafka_log import KafkaLog
from ingest.settings import BridgeSettings

_LOG = logging.getLogger("doorfiets.ingest.bridge")


def run(settings: BridgeSettings) -> None:
    """Run until SIGTERM or SIGINT; exit with 75 when a bridge runs already."""
    to_stderr(settings.log_level)
    try:
        with only_one(settings.lock_file), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_bridge(settings))
    except SecondBridgeError as problem:
        _LOG.error(str(problem))  # noqa: TRY400  the sentence says it all
        raise SystemExit(os.EX_TEMPFAIL) from None


async def _bridge(settings: BridgeSettings) -> None:
    stopping = _stop_signal()
    ready = ReadyFile(settings.ready_file)
    starting = asyncio.create_task(_newest(settings.kafka))
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        return
    inbox, log = Inbox(2 * settings.receive_maximum), KafkaLog(settings.kafka, settings.client_id)
    session = Session(settings, inbox, HearingClock(starting.result()), ready.announce)
    run_id = f"{int(system_time().timestamp() * 1000):x}"
    pipeline = Pipeline(settings, inbox, log, Packer(settings.client_id, run_id), session.acknowledge)
    tasks = [
        asyncio.create_task(session.keep(), name="mqtt"),
        asyncio.create_task(pipeline.send(), name="send"),
        asyncio.create_task(pipeline.answer(), name="answer"),
        asyncio.create_task(_report(pipeline, inbox, ready), name="report"),
    ]
    try:
        await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ready.withdraw()
    await _finish(settings, session, pipeline, tasks)
    await log.close()
    for task in tasks:
        if task.done() and not task.cancelled() and (problem := task.exception()):
            raise problem


async def _finish(settings: BridgeSettings, session: Session, pipeline: Pipeline, tasks: list[asyncio.Task[None]]) -> None:
    session.stop_reading()
    tasks[1].cancel()
    try:
        async with asyncio.timeout(settings.stop_seconds):
            await pipeline.finish()
    except TimeoutError:
        _LOG.warning("stopped with batches in flight; the broker keeps their messages for the next start")
    session.leave()
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)


async def _newest(address: str) -> datetime | None:
    for attempt in count():
        try:
            return await newest_heard(address)
        except (KafkaError, OSError) as problem:
            if attempt % 12 == 0:
                _LOG.error(  # noqa: TRY400  the problem is in the line
                    "kafka does not answer; start it or correct DOORFIETS_KAFKA, the bridge tries on by itself",
                    extra={"kafka": address, "problem": str(problem)},
                )
        await asyncio.sleep(min(5.0, 0.2 * 2 ** min(attempt, 8)))
    return None


def _stop_signal() -> asyncio.Future[None]:
    loop = asyncio.get_running_loop()
    stopping: asyncio.Future[None] = loop.create_future()

    def stop() -> None:
        if not stopping.done():
            stopping.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopping


async def _report(pipeline: Pipeline, inbox: Inbox, ready: ReadyFile) -> None:
    before = 0
    for second in count(1):
        await asyncio.sleep(1)
        if pipeline.messages != before:
            ready.announce()
        if second % 60 == 0 or inbox.shed:
            _LOG.info("acknowledged", extra={"messages": pipeline.messages - before, "shed": inbox.shed})
            inbox.shed = 0
        before = pipeline.messages
