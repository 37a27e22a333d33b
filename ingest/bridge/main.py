"""The bridge as a process, of which one runs at a time."""

import asyncio
import gc
import logging
from functools import partial

from ingest.bridge.bridge import Bridge
from ingest.bridge.newest import newest_once_kafka_answers
from ingest.bridge.receptions import Receptions
from ingest.devices import directory_of
from ingest.json_log import to_stderr
from ingest.only_one import run_alone
from ingest.settings import BridgeSettings

_LOG = logging.getLogger("doorfiets.ingest.bridge")


def run(settings: BridgeSettings) -> None:
    """Run until SIGTERM or SIGINT; exit with code 75 when another bridge runs."""
    to_stderr(settings.log_level)
    run_alone(partial(_work, settings), settings.lock_file, "a bridge", _LOG)


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
