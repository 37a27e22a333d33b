"""The bridge as a process, of which one runs at a time."""

import asyncio
import gc
import logging
import os
import signal
from contextlib import suppress

import uvloop

from ingest.bridge.bridge import Bridge
from ingest.bridge.newest import newest_once_kafka_answers
from ingest.bridge.receptions import Receptions
from ingest.devices import directory_of
from ingest.json_log import to_stderr
from ingest.only_one import SecondProcessError, only_one
from ingest.settings import BridgeSettings

_LOG = logging.getLogger("doorfiets.ingest.bridge")


def run(settings: BridgeSettings) -> None:
    """Run until SIGTERM or SIGINT; exit with code 75 when another bridge runs."""
    to_stderr(settings.log_level)
    try:
        with only_one(settings.lock_file, "a bridge"), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signalled(settings))
    except SecondProcessError as problem:
        _LOG.error(str(problem))
        raise SystemExit(os.EX_TEMPFAIL) from None


async def _until_signalled(settings: BridgeSettings) -> None:
    """Work until a signal comes or the work fails, which ends the process with its traceback."""
    working = asyncio.create_task(_work(settings), name="bridge")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    with suppress(asyncio.CancelledError):
        await working


async def _work(settings: BridgeSettings) -> None:
    if directory := directory_of(settings.postgres, settings.devices_file):
        await directory.known()
    receptions = Receptions()
    bridge = Bridge(settings, await newest_once_kafka_answers(settings.kafka, receptions), receptions, directory)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no collection of garbage looks at it again
    try:
        await bridge.work()
    except asyncio.CancelledError:
        await bridge.finish()
        raise
    finally:
        await bridge.close()
