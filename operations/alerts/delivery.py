"""The sending of messages: a thread for each receiver, so that one that hangs delays no other and no round."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import psycopg

from operations.alerts.alert_store import AlertStore
from operations.alerts.configuration import AlertPlan, NamedReceiver
from operations.alerts.metrics import AlertMetrics
from operations.alerts.receivers.receiver import DeliveryFailedError
from operations.alerts.wording import worded

_LOG: Final = logging.getLogger("doorfiets.alerts")
_PAUSE: Final = 2.0
_FIRST: Final = 5.0
_LONGEST: Final = 900.0


class AlertDelivery:
    """The threads of the receivers of a plan; each has a connection of its own, and opens it again when it broke."""

    def __init__(
        self,
        plan: AlertPlan,
        connect: Callable[[], psycopg.Connection[Any]],
        now: Callable[[], datetime],
        metrics: AlertMetrics,
    ) -> None:
        self._plan, self._connect, self._now, self._metrics = plan, connect, now, metrics
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start them, once."""
        if not self._threads:
            self._threads = [
                Thread(target=self._run, args=(name, one), name=f"alerts-{name}", daemon=True)
                for name, one in self._plan.receivers.items()
            ]
            for thread in self._threads:
                thread.start()

    def stop(self, patience: float) -> None:
        """Let each end after what it is sending, and wait for that for so many seconds."""
        self._stop.set()
        ends_at = monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, ends_at - monotonic()))

    def _run(self, name: str, receiver: NamedReceiver) -> None:
        logged = ""
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    self._send_all(AlertStore(connection), name, receiver)
            except psycopg.Error as problem:
                self._metrics.messages.labels(name, "unread").inc()
                if (said := str(problem).strip()) != logged:
                    _LOG.warning("messages to %s cannot be read or kept: %s", name, said)
                    logged = said
            self._stop.wait(_PAUSE)

    def _send_all(self, store: AlertStore, name: str, receiver: NamedReceiver) -> None:
        while not self._stop.is_set():
            claimed = store.rows("claim", receiver=name)
            if claimed:
                self._send(store, name, receiver, claimed[0])
            else:
                self._stop.wait(_PAUSE)

    def _send(self, store: AlertStore, name: str, receiver: NamedReceiver, row: Mapping[str, Any]) -> None:
        problem = self._problem(receiver, row)
        if problem is None:
            store.rows("sent", message=row["message"])
            self._metrics.messages.labels(name, "sent").inc()
            return
        wait = min(_LONGEST, _FIRST * 2.0 ** min(row["attempts"] - 1, 16))
        failed = store.rows("failed", message=row["message"], problem=problem, wait=wait)
        given_up = bool(failed) and failed[0]["given_up"]
        self._metrics.messages.labels(name, "given_up" if given_up else "failed").inc()
        _LOG.warning("message %d to %s %s: %s", row["message"], name, "is given up" if given_up else "waits", problem)

    def _problem(self, receiver: NamedReceiver, row: Mapping[str, Any]) -> str | None:
        try:
            message = worded(row["message"], row["content"], receiver.locale, self._plan.timezone)
            receiver.receiver.send(message, self._now())
        except DeliveryFailedError as problem:
            return str(problem)
        except Exception as problem:  # noqa: BLE001 - whatever a message makes of a receiver, the thread goes on
            _LOG.exception("message %d failed", row["message"])
            return f"{type(problem).__name__}: {problem}"
        return None
