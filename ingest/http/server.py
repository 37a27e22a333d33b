"""The intake as a server: assembled from its settings, with a bound on who says nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import uvicorn
from prometheus_client import CollectorRegistry
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingest.devices import DeviceDirectory, directory_of, registered_in
from ingest.dialects.decoder import nothing_stays
from ingest.http.app import create
from ingest.http.credentials import Credentials
from ingest.http.delivery import MessageDelivery
from ingest.http.metrics import IntakeMetrics
from ingest.intake import Intake
from ingest.json_log import to_stderr
from ingest.seal import KeyRing
from ingest.settings import IntakeSettings

_LOG = logging.getLogger("doorfiets.ingest.http")
_STOP_SECONDS: Final = 9


class BoundedConnection(H11Protocol):
    """HTTP/1.1 in which a connection ends that has not said in time what it wants, and one that is too many."""

    def __init__(self, *args: Any, header_seconds: float, most_connections: int, **more: Any) -> None:  # noqa: ANN401 - as it is there
        """Bound how long a request may take to arrive, and the number of connections."""
        super().__init__(*args, **more)
        self._header_seconds, self._most_connections = header_seconds, most_connections
        self._silent: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as it is there
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._silent = self.loop.call_later(self._header_seconds, self._end_silent)
        if len(self.connections) > self._most_connections:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._silent is not None:
            self._silent.cancel()
        super().connection_lost(exc)

    def _end_silent(self) -> None:
        if getattr(self, "cycle", None) is None:  # its type says that there is always one
            self.transport.abort()


@asynccontextmanager
async def _running(intake: Intake, keys: KeyRing | None, directory: DeviceDirectory | None) -> AsyncIterator[None]:
    """Know the devices, follow their directory and delete keys that are too old while the body runs.

    The connection to Kafka is closed behind it.
    """
    if directory:
        await directory.known()
    tasks = [asyncio.create_task(keys.forget_hourly(), name="forget keys")] if keys else []
    if directory:
        tasks.append(asyncio.create_task(directory.follow(), name="devices"))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await intake.close()


def server(settings: IntakeSettings, registry: CollectorRegistry) -> uvicorn.Server:
    """Assemble the server; raise CredentialsUnreadableError where its credentials are none."""
    to_stderr(settings.log_level)
    credentials = Credentials(settings.credentials_file)
    metrics = IntakeMetrics(registry)
    keys = KeyRing(settings.seal_keys) if settings.seal_keys else None
    directory = directory_of(settings.postgres, settings.devices_file)
    intake = Intake(
        settings.kafka,
        settings.writer,
        devices=registered_in(directory),
        partitions=settings.partitions,
        seal=keys.seal if keys else nothing_stays,
    )
    delivery = MessageDelivery(intake.take, settings, metrics)
    bounded = partial(
        BoundedConnection, header_seconds=settings.header_seconds, most_connections=settings.most_connections
    )
    config = uvicorn.Config(
        create(settings, credentials, delivery, metrics, partial(_running, intake, keys, directory)),
        host=settings.host,
        port=settings.port,
        http=bounded,  # type: ignore[arg-type] # a class is called in the same way
        log_config=None,
        log_level="error",  # what a stranger sends wrong is counted, not logged
        access_log=False,
        server_header=False,
        ws="none",
        h11_max_incomplete_event_size=settings.largest_header,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    _LOG.info("listens", extra={"host": settings.host, "port": settings.port})
    return uvicorn.Server(config)
