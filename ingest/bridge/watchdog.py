"""Ends a bridge that hangs: its event loop is blocked, or none of its messages is acknowledged though Kafka answers."""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Final, NamedTuple

from aiokafka.conn import collect_hosts

from ingest.bridge.ready import ReadyFile
from ingest.settings import BridgeSettings

_LOG = logging.getLogger("doorfiets.ingest.watchdog")
_LOOK: Final = 1.0
_LONGEST_LOOK: Final = 4.0  # seconds between two looks count at most as many, also after the process was stopped
_PROBE_SECONDS: Final = 2.0
_VERSIONS_REQUESTED: Final = b"\x00\x00\x00\x0c\x00\x12\x00\x00\x00\x00\x00\x2a\x00\x02df"  # ApiVersions, version 0
_CORRELATION: Final = _VERSIONS_REQUESTED[8:12]
FAILED: Final = 1
"""Exit code of a bridge that hung; its supervisor starts the next one, and the broker still has every message."""


class Signs(NamedTuple):
    """The state of a bridge: turns of its loop, messages acknowledged so far, and whether any waits to be."""

    turns: int
    acknowledged: int
    waiting: bool


class WatchdogVerdict(NamedTuple):
    """Seconds for which messages waited and none was acknowledged, and why the process has to end, if it has."""

    quiet: float
    problem: str | None


class Judge:
    """Decides from the signs of a bridge, look after look, whether it hangs.

    The loop may be blocked for `hang_seconds`. Messages may wait for ever while Kafka does not answer, and for
    `hang_seconds` while it does.
    """

    def __init__(self, hang_seconds: float) -> None:
        self._limit = hang_seconds
        self._before = Signs(0, 0, waiting=False)
        self._still = self._quiet = self._answered = 0.0

    def look(self, signs: Signs, seconds: float, answers: Callable[[], bool]) -> WatchdogVerdict:
        """Take the signs `seconds` after the last ones; `answers` asks Kafka, and is called only when it matters."""
        seconds = min(seconds, _LONGEST_LOOK)
        before, self._before = self._before, signs
        self._still = self._still + seconds if signs.turns == before.turns else 0.0
        quiet = signs.waiting and signs.acknowledged == before.acknowledged
        self._quiet = self._quiet + seconds if quiet else 0.0
        self._answered = self._answered + seconds if quiet and answers() else 0.0
        return WatchdogVerdict(max(self._still, self._quiet), self._problem())

    def _problem(self) -> str | None:
        if self._still >= self._limit:
            return f"the loop has stood still for {self._still:.0f} s"
        if self._answered >= self._limit:
            return f"messages wait, Kafka answers, and none was acknowledged for {self._answered:.0f} s"
        return None


class Watchdog:
    """A thread that looks once a second: it removes the ready file of a quiet bridge, and ends one that hangs."""

    def __init__(self, settings: BridgeSettings, ready: ReadyFile, signs: Callable[[], Signs]) -> None:
        self._settings = settings
        self._ready = ready
        self._signs = signs
        self._judge = Judge(settings.hang_seconds)
        self._over = Event()
        Thread(target=self._watch, name="watchdog", daemon=True).start()

    def leave(self) -> None:
        """Stop the thread."""
        self._over.set()

    def _watch(self) -> None:
        looked = monotonic()
        while not self._over.wait(_LOOK):
            before, looked = looked, monotonic()
            try:
                self._look(looked - before)
            except Exception:  # noqa: BLE001 - whatever it is, a bridge is never left unwatched
                _LOG.exception("the watchdog could not look; it looks again")

    def _look(self, seconds: float) -> None:
        verdict = self._judge.look(self._signs(), seconds, self._answers)
        if verdict.quiet >= self._settings.quiet_seconds:
            self._ready.withdraw()
        if verdict.problem and not self._over.is_set():
            self._end(verdict.problem)

    def _answers(self) -> bool:
        return kafka_answers(self._settings.kafka)

    def _end(self, problem: str) -> None:
        """End the process at once: nothing is lost, as nothing is acknowledged that Kafka does not hold."""
        _LOG.critical("the bridge ends itself: %s; the broker keeps the messages for the next one", problem)
        self._ready.withdraw()
        logging.shutdown()
        os._exit(FAILED)


def kafka_answers(addresses: str) -> bool:
    """Send ApiVersions, which every Kafka broker answers at once; false when none answers within seconds."""
    return any(_answers(host, port) for host, port, _ in collect_hosts(addresses, randomize=False))


def _answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), _PROBE_SECONDS) as wire:
        wire.sendall(_VERSIONS_REQUESTED)
        return wire.recv(8, socket.MSG_WAITALL)[4:] == _CORRELATION
    return False
