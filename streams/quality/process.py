"""The loop of `quality`: entries first, then flags, then the places whose turn it is to be checked."""

import logging
import signal
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Final

import psycopg

from streams.progress import Progress
from streams.quality.checking import RECENT, check
from streams.quality.metrics import QualityMetrics
from streams.quality.settings import QualitySettings
from streams.sinks import check_inputs
from streams.sinks.findings import FindingChanges, FindingStore
from streams.sinks.lock_waits import StoreBusyError

_log = logging.getLogger(__name__)
_PAUSE: Final = 0.5  # seconds without work
_LONGEST: Final = 5.0  # seconds between tries while the database does not answer
_MEASURE: Final = 5.0
_PATIENCE: Final = 20.0  # seconds with others in the way; a worker without progress is ended after 45
_COMPARE: Final = 10.0  # seconds in which a datastream that is registered gets what was entered before


def run(settings: QualitySettings) -> None:
    """Work until SIGTERM or SIGINT; a process that makes no progress ends with code 1."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    progress = Progress(settings.ready_file)
    progress.watch()
    store = FindingStore(settings.postgres, patience=_PATIENCE)
    try:
        _work(QualityRounds(store, QualityMetrics(), settings.every, progress.made), progress, stop)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the next process finds what is left in the database
        progress.end(problem)
    store.drop()
    progress.gone()


class QualityRounds:
    """What `quality` does in turn; each step leaves the database whole."""

    def __init__(
        self, store: FindingStore, metrics: QualityMetrics, every: timedelta, made: Callable[[], None] = lambda: None
    ) -> None:
        """Work with a store, check a place once in `every` at most, and tell of progress."""
        self._store = store
        self._metrics = metrics
        self._every = every
        self._made = made
        self._measured_at, self._compared_at, self._newest = -_MEASURE, -_COMPARE, -1

    def once(self) -> bool:
        """Do a part of what there is to do now; tell whether there was anything."""
        changed = self._entries()
        self._metrics.changed(changed)
        self._made()
        self._metrics.flagged(self._store.flag(self._made))
        self._made()
        return any(changed) or self._store.due() > 0 or self._check()

    def measure(self) -> None:
        """Tell how much stands and is left, every few seconds."""
        if monotonic() - self._measured_at >= _MEASURE:
            self._measured_at = monotonic()
            waiting = check_inputs.waiting(self._store.session())
            self._metrics.measured(self._store.standing(), self._store.due(), waiting)

    def drop(self) -> None:
        """Close the connection after it broke."""
        self._store.drop()

    def _entries(self) -> FindingChanges:
        """Follow entries: each new one at once, and whatever else they are about now every few seconds."""
        newest = self._store.newest_entry()
        if newest == self._newest and monotonic() - self._compared_at < _COMPARE:
            return FindingChanges()
        self._compared_at = monotonic()
        changed = self._store.entries(self._made)
        self._newest = newest
        return changed

    def _check(self) -> bool:
        """Note what changed, and check the place whose turn it is; tell whether there was one.

        One that cannot be checked has its next turn like the others, and loses nothing that was found before.
        """
        session = self._store.session()
        check_inputs.begin(session)
        check_inputs.follow(session)
        due = check_inputs.next_place(session, self._every)
        if due is None:
            return False
        began = monotonic()
        try:
            self._metrics.changed(check(self._store, due.place, due.since - RECENT, tell=self._made))
        except psycopg.errors.QueryCanceled:
            _log.exception("%s %s cannot be checked in the time that one statement may take", *due.place)
        except (psycopg.OperationalError, StoreBusyError):
            raise
        except Exception:  # noqa: BLE001 - a mistake in a check holds up no entry and no other place
            _log.exception("%s %s cannot be checked", *due.place)
        check_inputs.done(session, due)
        self._metrics.checked(monotonic() - began)
        return True


def _work(rounds: QualityRounds, progress: Progress, stop: Event) -> None:
    pause = _PAUSE
    while not stop.is_set():
        progress.tick(behind=True)
        try:
            done = rounds.once()
            rounds.measure()
        except StoreBusyError as problem:
            _log.warning("others are in the way, and it is tried again: %s", problem)
            continue
        except psycopg.OperationalError as problem:
            rounds.drop()
            pause = min(_LONGEST, 2 * pause)
            _log.warning("the database does not answer, again in %.1f s: %s", pause, str(problem).strip())
            stop.wait(pause)
            continue
        pause = _PAUSE
        progress.ready()
        if not done:
            stop.wait(_PAUSE)
