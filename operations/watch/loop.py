"""The loop of process `watch`: every few seconds each step once, on a connection that is opened again when it broke."""

import faulthandler
import logging
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, Final

import psycopg
from prometheus_client import REGISTRY, CollectorRegistry

from operations.alerts import configuration
from operations.alerts.delivery import AlertDelivery
from operations.alerts.metrics import AlertMetrics
from operations.alerts.raising import Alerts
from operations.watch.connection import connect
from operations.watch.metrics import WatchMetrics
from operations.watch.settings import WatchSettings
from operations.watch.steps import Step, steps

_LOG: Final = logging.getLogger("doorfiets.watch")
_LIMIT: Final = 120.0  # seconds of one round after which the process ends, for its supervisor to start the next one
_STOPS: Final = 8.0  # seconds for messages that are just being sent


def run(settings: WatchSettings, now: Callable[[], datetime]) -> None:
    """Run until SIGTERM or SIGINT; `now` gives aware UTC. Raises AlertsRefusedError for a file that cannot be used."""
    plan, metrics = configuration.read(settings.alerts, settings.credentials), AlertMetrics(REGISTRY)
    delivery = AlertDelivery(plan, lambda: connect(settings.postgres), now, metrics)
    alerts = Alerts(plan, settings.places, metrics, delivery.start)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watch = WatchLoop(settings.postgres, steps(alerts), WatchMetrics(REGISTRY))
    try:
        _rounds(watch, settings, now, stop)
    finally:
        faulthandler.cancel_dump_traceback_later()
        delivery.stop(_STOPS)
        watch.close()


def _rounds(watch: "WatchLoop", settings: WatchSettings, now: Callable[[], datetime], stop: Event) -> None:
    while not stop.is_set():
        began = monotonic()
        faulthandler.dump_traceback_later(_LIMIT, exit=True)
        watch.round(now())
        if watch.connected and settings.ready_file is not None:
            _announce(settings.ready_file)
        stop.wait(max(0.1, settings.every + began - monotonic()))


def _announce(ready_file: Path) -> None:
    """Write who is ready, also over one who was and died."""
    ours = f"{os.getpid()}\n"
    with suppress(OSError):  # a full disk: there will be room
        if not ready_file.exists() or ready_file.read_text() != ours:
            ready_file.write_text(ours)


class WatchLoop:
    """The steps, and the connection that they share."""

    def __init__(self, conninfo: str, steps: Mapping[str, Step], metrics: WatchMetrics | None = None) -> None:
        self._conninfo = conninfo
        self._steps = steps
        self._metrics = metrics or WatchMetrics(CollectorRegistry())
        self._connection: psycopg.Connection[Any] | None = None
        self._answered = False

    def round(self, at: datetime) -> bool:
        """Carry out each step once; return whether none failed."""
        succeeded = [self._carry_out(name, step, at) for name, step in self._steps.items()]
        if all(succeeded):
            self._metrics.rounds.set(at.timestamp())
        return all(succeeded)

    @property
    def connected(self) -> bool:
        """Return whether the database answers: a step that fails for another reason keeps nobody waiting."""
        return self._answered

    def close(self) -> None:
        """Close the connection; the next round opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _carry_out(self, name: str, step: Step, at: datetime) -> bool:
        try:
            with self._metrics.seconds.labels(name).time():
                step(self._open(), at)
        except psycopg.Error as problem:
            _LOG.warning("step %s failed, again in the next round: %s", name, str(problem).strip())
            self._metrics.failures.labels(name).inc()
            self.close()
            return False
        return True

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._conninfo)
            self._answered = True
        return self._connection
