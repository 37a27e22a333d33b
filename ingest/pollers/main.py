"""The pollers as a process, of which one runs at a time, and as one round for an operator."""

import asyncio
import logging
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

import httpx
import uvloop
from prometheus_client import REGISTRY

from ingest.bridge.only_one import SecondBridgeError, only_one
from ingest.bridge.ready import ReadyFile
from ingest.clock import system_time
from ingest.devices import DeviceDirectory
from ingest.dialects import decode
from ingest.dialects.decoder import NOBODY, nothing_stays
from ingest.intake import Intake, Message
from ingest.json_log import to_stderr
from ingest.pollers import configuration
from ingest.pollers.host import PollHost, TurnReport, everybody
from ingest.pollers.metrics import PollCollector
from ingest.pollers.poll_round import Take
from ingest.pollers.poller import PollSource
from ingest.pollers.positions import Positions
from ingest.pollers.settings import PollSettings
from ingest.seal import KeyRing
from schemas.failures import CheckFailedError, ServiceMissingError
from schemas.rejection import Rejection

_LOG = logging.getLogger("doorfiets.ingest.poll")
_ATTEMPTS: Final = 8
_LOOK: Final = 5.0
_DEVICES_SECONDS: Final = 10.0
_REPORT_EVERY: Final = 60  # looks


class PollRunsError(CheckFailedError):
    """The pollers run already; stop them first, or look at what they would do with --dry-run."""


class DevicesUnknownError(ServiceMissingError):
    """Which devices are registered is not known; start the database, nothing was fetched."""


def run(settings: PollSettings) -> None:
    """Run until SIGTERM or SIGINT; exit with code 75 when other pollers run.

    Raises PollersRefusedError for a file that cannot be used.
    """
    to_stderr(settings.log_level)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sources = configuration.read(settings.file, settings.credentials)
    try:
        with only_one(settings.lock_file, "a poller"), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signalled(settings, sources))
    except SecondBridgeError as problem:
        _LOG.error(str(problem))
        raise SystemExit(os.EX_TEMPFAIL) from None


async def poll_once(settings: PollSettings, sources: Sequence[PollSource], *, dry: bool = False) -> list[TurnReport]:
    """Give every sensor of some sources one turn, and return what became of each.

    With `dry` nothing is sent and no position moves. Raises LogUnavailableError when Kafka does not take it,
    PollRunsError when other pollers run, and DevicesUnknownError where the registered devices are not known.
    """
    if dry:
        return await _turns(settings, sources, _decoded, dry=True)
    try:
        with only_one(settings.lock_file, "a poller"):
            directory = await _looked_up(_directory(settings))
            intake = _intake(settings, directory, _ATTEMPTS)
            try:
                return await _turns(settings, sources, intake.take, registered=_registered(directory))
            finally:
                await intake.close()
    except SecondBridgeError as problem:
        raise PollRunsError(f"{problem}; stop it first, or use --dry-run") from None


def hosts_of(sources: Sequence[PollSource], make: Callable[[Sequence[PollSource]], PollHost]) -> list[PollHost]:
    """Return a worker for each host: what one host allows is for all sources there together."""
    by_host: dict[str, list[PollSource]] = defaultdict(list)
    for source in sources:
        by_host[httpx.URL(source.address).netloc.decode()].append(source)
    return [make(some) for some in by_host.values()]


def _directory(settings: PollSettings) -> DeviceDirectory | None:
    """Return the directory of registered devices; for one round its copy on disk is enough."""
    return DeviceDirectory(settings.postgres, settings.devices_file) if settings.postgres else None


async def _looked_up(directory: DeviceDirectory | None) -> DeviceDirectory | None:
    """Look up the registered devices; raise DevicesUnknownError where neither database nor copy has them."""
    if directory is None:
        return None
    try:
        async with asyncio.timeout(_DEVICES_SECONDS):
            await directory.looked_up()
    except TimeoutError:
        raise DevicesUnknownError(
            "the registered devices are not known: there is no copy of them, and the database does not answer. Start "
            "PostgreSQL, or correct DOORFIETS_POSTGRES; nothing was fetched"
        ) from None
    finally:
        await directory.close()
    return directory


def _registered(directory: DeviceDirectory | None) -> Callable[[str], bool]:
    """Return what tells whether a sensor is registered; without a directory every one is taken for it."""
    return (lambda sensor: sensor in directory.devices()) if directory else everybody


def _intake(settings: PollSettings, directory: DeviceDirectory | None, attempts: int | None = None) -> Intake:
    return Intake(
        settings.kafka,
        settings.client_id,
        devices=directory.devices if directory else lambda: NOBODY,
        attempts=attempts,
        partitions=settings.partitions,
        seal=KeyRing(settings.seal_keys).seal if settings.seal_keys else nothing_stays,
    )


async def _turns(
    settings: PollSettings,
    sources: Sequence[PollSource],
    take: Take,
    *,
    registered: Callable[[str], bool] = everybody,
    dry: bool = False,
) -> list[TurnReport]:
    positions = Positions(settings.folder, write=not dry)
    make = partial(
        PollHost, take=take, positions=positions, now=system_time, sleep=asyncio.sleep, registered=registered
    )
    hosts = hosts_of(sources, make)
    try:
        reports = await asyncio.gather(*(host.once() for host in hosts))
    finally:
        await asyncio.gather(*(host.close() for host in hosts))
    return [report for some in reports for report in some]


async def _decoded(messages: Sequence[Message]) -> list[Rejection]:
    """Return which messages would be refused; nothing is sent."""
    outcomes = [decode(one.topic, one.payload, system_time()) for one in messages]
    return [one for one in outcomes if isinstance(one, Rejection)]


async def _until_signalled(settings: PollSettings, sources: Sequence[PollSource]) -> None:
    """Work until a signal comes or a part fails, which ends the process with its traceback."""
    working = asyncio.create_task(_work(settings, sources), name="poll")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    with suppress(asyncio.CancelledError):
        await working


async def _work(settings: PollSettings, sources: Sequence[PollSource]) -> None:
    if directory := _directory(settings):
        await directory.known()
    positions, ready = Positions(settings.folder), ReadyFile(settings.ready_file)
    intake = _intake(settings, directory)
    registered = _registered(directory)
    make = partial(
        PollHost, take=intake.take, positions=positions, now=system_time, sleep=asyncio.sleep, registered=registered
    )
    hosts = hosts_of(sources, make)
    collector = PollCollector(hosts)
    REGISTRY.register(collector)
    _log_start(sources)
    tasks = [asyncio.create_task(host.work(), name=f"poll {number}") for number, host in enumerate(hosts)]
    tasks.append(asyncio.create_task(_report(hosts, ready), name="report"))
    if directory:
        tasks.append(asyncio.create_task(directory.follow(), name="devices"))
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        REGISTRY.unregister(collector)
        ready.withdraw()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(host.close() for host in hosts), return_exceptions=True)
        await intake.close()


def _log_start(sources: Sequence[PollSource]) -> None:
    for source in sources:
        _LOG.info(
            "polls",
            extra={
                "source": source.name, "address": source.address, "sensors": len(source.sensors), "every": source.every,
                "back": source.back, "licence": source.poller.licence,
            },
        )  # fmt: skip


async def _report(hosts: Sequence[PollHost], ready: ReadyFile) -> None:
    """Show that the process is there, and log once in a while how far it is."""
    before = looks = 0
    while True:
        ready.announce()
        if looks % _REPORT_EVERY == 0:
            taken = sum(host.messages.total() for host in hosts)
            positions = [held for host in hosts for held in host.held.values()]
            failing = sum(host.failing.total() for host in hosts)
            _LOG.info("polled", extra={"messages": taken - before, "failing": failing, **_ends(positions)})
            before = taken
        looks += 1
        await asyncio.sleep(_LOOK)


def _ends(positions: Sequence[datetime]) -> dict[str, datetime]:
    return {"newest": max(positions), "farthest_behind": min(positions)} if positions else {}
