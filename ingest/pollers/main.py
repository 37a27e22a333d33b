"""The pollers as a process, of which one runs at a time, and as one round for an operator."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

import httpx
from aiokafka.errors import KafkaError
from prometheus_client import REGISTRY

from ingest.bridge.newest import newest_once_kafka_answers, newest_received
from ingest.bridge.ready import ReadyFile
from ingest.bridge.receptions import Receptions
from ingest.clock import system_time
from ingest.devices import directory_of, nobody, registered_in
from ingest.dialects import decode
from ingest.dialects.decoder import nothing_stays
from ingest.intake import Intake, Message
from ingest.json_log import to_stderr
from ingest.kafka_log import LogUnavailableError
from ingest.only_one import SecondProcessError, only_one, run_alone
from ingest.pollers import configuration
from ingest.pollers.host import PollHost, TurnReport, everybody
from ingest.pollers.metrics import PollCollector
from ingest.pollers.poll_round import Take
from ingest.pollers.poller import PollSource
from ingest.pollers.positions import Positions
from ingest.pollers.settings import PollSettings
from ingest.seal import KeyRing
from schemas.device import Devices
from schemas.failures import CheckFailedError, ServiceMissingError
from schemas.rejection import Rejection

_LOG = logging.getLogger("doorfiets.ingest.poll")
_ATTEMPTS: Final = 8
_LOOK: Final = 5.0
_DEVICES_SECONDS: Final = 10.0
_REPORT_EVERY: Final = 60  # looks


Known: TypeAlias = Callable[[], Devices]
"""Gives the registered devices at any time."""


class DevicesUnknownError(ServiceMissingError):
    """The registered devices are not known; start the database and poll again, nothing was fetched."""


class PollRunsError(CheckFailedError):
    """The pollers run already; stop them first, or look at what they would do with --dry-run."""


def run(settings: PollSettings) -> None:
    """Run until SIGTERM or SIGINT; exit with code 75 when other pollers run.

    Raises PollersRefusedError for a file that cannot be used.
    """
    to_stderr(settings.log_level)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sources = configuration.read(settings.file, settings.credentials)
    run_alone(partial(_work, settings, sources), settings.lock_file, "a poller", _LOG)


async def poll_once(settings: PollSettings, sources: Sequence[PollSource], *, dry: bool = False) -> list[TurnReport]:
    """Give every sensor of some sources one turn, and return what became of each.

    With `dry` nothing is sent and no position moves. Raises LogUnavailableError when Kafka does not take it,
    PollRunsError when other pollers run, and DevicesUnknownError where the registered devices are not known.
    """
    async with _known_devices(settings) as devices:
        if dry:
            return await _turns(settings, sources, partial(_decoded, devices), devices, dry=True)
        return await _poll_alone(settings, sources, devices)


async def _poll_alone(settings: PollSettings, sources: Sequence[PollSource], devices: Known) -> list[TurnReport]:
    try:
        with only_one(settings.lock_file, "a poller"):
            newest = await _newest(settings.kafka)
            intake = _intake(settings, devices, _keys(settings), newest, _ATTEMPTS)
            try:
                return await _turns(settings, sources, intake.take, devices)
            finally:
                await intake.close()
    except SecondProcessError as problem:
        raise PollRunsError(f"{problem}; stop it first, or use --dry-run") from None


def hosts_of(sources: Sequence[PollSource], make: Callable[[Sequence[PollSource]], PollHost]) -> list[PollHost]:
    """Return a worker for each host: what one host allows is for all sources there together."""
    by_host: dict[str, list[PollSource]] = defaultdict(list)
    for source in sources:
        by_host[httpx.URL(source.address).netloc.decode()].append(source)
    return [make(some) for some in by_host.values()]


@asynccontextmanager
async def _known_devices(settings: PollSettings) -> AsyncIterator[Known]:
    """Give the registered devices, for one round: from the copy on disk, or from the database within ten seconds."""
    directory = directory_of(settings.postgres, settings.devices_file)
    if directory is None:
        yield nobody
        return
    try:
        async with asyncio.timeout(_DEVICES_SECONDS):
            await directory.looked_up()
        yield directory.devices
    except TimeoutError:
        raise DevicesUnknownError(
            "the registered devices are not known: there is no copy of them, and the database does not answer. Start "
            "PostgreSQL, or correct DOORFIETS_POSTGRES; nothing was fetched"
        ) from None
    finally:
        await directory.close()


def _keys(settings: PollSettings) -> KeyRing | None:
    return KeyRing(settings.seal_keys) if settings.seal_keys else None


async def _newest(kafka: str) -> datetime | None:
    """Return the last reception in the log; raise LogUnavailableError where Kafka does not answer."""
    try:
        return await newest_received(kafka, Receptions())
    except (KafkaError, OSError) as problem:
        raise LogUnavailableError(f"Kafka at {kafka} does not answer ({problem!r}); start it and try again") from None


def _intake(
    settings: PollSettings,
    devices: Known,
    keys: KeyRing | None,
    newest: datetime | None,
    attempts: int | None = None,
) -> Intake:
    return Intake(
        settings.kafka,
        settings.client_id,
        devices=devices,
        attempts=attempts,
        partitions=settings.partitions,
        seal=keys.seal if keys else nothing_stays,
        newest=newest,
    )


async def _turns(
    settings: PollSettings, sources: Sequence[PollSource], take: Take, devices: Known, *, dry: bool = False
) -> list[TurnReport]:
    positions = Positions(settings.folder, write=not dry)
    hosts = hosts_of(sources, _worker(take, positions, devices))
    try:
        reports = await asyncio.gather(*(host.once() for host in hosts))
    finally:
        await asyncio.gather(*(host.close() for host in hosts))
    return [report for some in reports for report in some]


def _worker(take: Take, positions: Positions, devices: Known) -> Callable[[Sequence[PollSource]], PollHost]:
    registered = everybody if devices is nobody else lambda sensor: sensor in devices()
    make = partial(PollHost, now=system_time, sleep=asyncio.sleep, devices=devices, registered=registered)
    return lambda some: make(some, take, positions)


async def _decoded(devices: Known, messages: Sequence[Message]) -> list[Rejection | None]:
    """Return of each message its rejection, None where it would be decoded; nothing is sent."""
    outcomes = [decode(one.topic, one.payload, system_time(), devices()) for one in messages]
    return [one if isinstance(one, Rejection) else None for one in outcomes]


async def _work(settings: PollSettings, sources: Sequence[PollSource]) -> None:
    if directory := directory_of(settings.postgres, settings.devices_file):
        await directory.known()
    newest = await newest_once_kafka_answers(settings.kafka, Receptions())
    devices, keys, ready = registered_in(directory), _keys(settings), ReadyFile(settings.ready_file)
    intake = _intake(settings, devices, keys, newest)
    hosts = hosts_of(sources, _worker(intake.take, Positions(settings.folder), devices))
    collector = PollCollector(hosts)
    REGISTRY.register(collector)
    _log_start(sources)
    tasks = [asyncio.create_task(host.work(), name=f"poll {number}") for number, host in enumerate(hosts)]
    tasks.append(asyncio.create_task(_report(hosts, ready), name="report"))
    if keys:
        tasks.append(asyncio.create_task(keys.forget_hourly(), name="forget keys"))
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
