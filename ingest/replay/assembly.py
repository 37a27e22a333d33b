"""All that a replay needs, opened together: for the process, and for a command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from ingest.clock import system_time
from ingest.devices import DeviceDirectory
from ingest.kafka_log import KafkaLog
from ingest.packer import Packer
from ingest.replay.decoding import MessageDialects, never_opened
from ingest.replay.raw_log import RawLog
from ingest.replay.raw_replay import RawReplay
from ingest.replay.refused_messages import ReplayDatabase
from ingest.replay.replayer import ObservationPublisher, RejectionReplay, Verdicts
from ingest.replay.settings import ReplaySettings
from ingest.replay.sources import SourceReplay
from ingest.seal import KeyRing
from schemas.failures import ServiceMissingError

_DEVICES_SECONDS: Final = 10.0


class ReplayDevicesUnknownError(ServiceMissingError):
    """The registered devices are not known, as the database does not answer; nothing was published."""


class Replays(NamedTuple):
    """The replays, over one connection to the database and one to Kafka."""

    database: ReplayDatabase
    directory: DeviceDirectory
    rejections: RejectionReplay
    sources: SourceReplay
    raw: RawReplay


@asynccontextmanager
async def replays(
    settings: ReplaySettings, verdicts: Verdicts, *, attempts: int | None = None
) -> AsyncIterator[Replays]:
    """Open what replays need; raise ReplayDevicesUnknownError where the database does not say which devices there are.

    Kafka is tried `attempts` times, for ever with None.
    """
    directory = DeviceDirectory(settings.postgres, None, user="replay")
    database, log = ReplayDatabase(settings.postgres), KafkaLog(settings.kafka, settings.client_id, attempts)
    try:
        await _known(directory)
        yield _assembled(settings, verdicts, directory, database, log)
    finally:
        await directory.close()
        await database.close()
        await log.close()


async def _known(directory: DeviceDirectory) -> None:
    try:
        async with asyncio.timeout(_DEVICES_SECONDS):
            await directory.known()
    except TimeoutError:
        raise ReplayDevicesUnknownError(
            "the registered devices are not known: the database does not answer. Start PostgreSQL, or correct "
            "DOORFIETS_POSTGRES; nothing was published"
        ) from None


def _assembled(
    settings: ReplaySettings, verdicts: Verdicts, directory: DeviceDirectory, database: ReplayDatabase, log: KafkaLog
) -> Replays:
    raw = RawLog(settings.kafka)
    opened = KeyRing(settings.seal_keys).opened if settings.seal_keys else never_opened
    decoder = MessageDialects(raw, directory.devices, opened, settings.partitions)
    packer = Packer(settings.client_id, f"{system_time().timestamp() * 1000:.0f}")
    publisher = ObservationPublisher(log, packer, settings.partitions)
    return Replays(
        database,
        directory,
        RejectionReplay(database, decoder, verdicts, publisher),
        SourceReplay(database, raw, decoder, verdicts, publisher),
        RawReplay(database, raw, decoder, verdicts, publisher),
    )
