"""The progress of a worker: its ready file, and the watchdog that ends it when there is none."""

import logging
import os
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Final

_log = logging.getLogger(__name__)
_LOOK: Final = 5.0  # seconds between two looks
_LIMIT: Final = 45.0  # longer than the retries of the database, which end the worker by themselves
_STRIKES: Final = 2  # the first look after a process was stopped sees old times
_TOUCH: Final = 1.0
FAILED: Final = 1
"""Exit code of a worker that could not go on; its supervisor starts the next one."""


class Progress:
    """The ready file and the times of the last progress and of the last turn of the loop.

    On a full disk nothing is raised: the ready file is written as soon as there is room. One that was deleted is
    written again with the next progress.
    """

    def __init__(self, ready_file: Path | None) -> None:
        self._file = ready_file
        self._made_at = self._ticked_at = monotonic()
        self._touched_at = 0.0
        self._behind = False
        self._ready = self._written = False
        self._unready()

    def ready(self) -> None:
        """Write the ready file."""
        self.made()
        self._ready, self._written = True, False
        self._write()

    def made(self) -> None:
        """Note progress, and touch the ready file."""
        self._made_at = monotonic()
        self._write()
        if self._file is not None and self._made_at - self._touched_at > _TOUCH:
            self._touched_at = self._made_at
            with suppress(OSError):  # there is none before `ready`
                os.utime(self._file)

    def tick(self, *, behind: bool) -> None:
        """Note a turn of the event loop, and whether there is work to be done."""
        self._ticked_at = monotonic()
        self._behind = behind
        self._write()
        if not behind:
            self._made_at = self._ticked_at

    def watch(self) -> None:
        """Start the thread that ends the process when the loop hangs, or when there is work and no progress."""
        Thread(target=self._watch, name="watchdog", daemon=True).start()

    def end(self, problem: BaseException | str) -> None:
        """End the process at once: nothing unfinished was acknowledged, and its transaction is rolled back."""
        _log.critical("worker ends: %s", problem, exc_info=problem if isinstance(problem, BaseException) else None)
        self.gone()
        logging.shutdown()
        os._exit(FAILED)

    def gone(self) -> None:
        """Remove the ready file."""
        self._unready()

    def _write(self) -> None:
        """Write the ready file, unless it is there or the worker is not ready."""
        if self._file is None or not self._ready or (self._written and self._file.exists()):
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(f"{os.getpid()}\n")
            self._written = True

    def _unready(self) -> None:
        self._ready = False
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _watch(self) -> None:
        strikes = 0
        while strikes < _STRIKES:
            sleep(_LOOK)
            late = monotonic() - min(self._ticked_at, self._made_at if self._behind else self._ticked_at)
            strikes = strikes + 1 if late > _LIMIT else 0
        self.end(f"no progress for {_LIMIT:.0f} s")
