"""The most memory of their own that some processes had at one time."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

_PROC: Final = Path("/proc")
_EVERY: Final = 0.25
_KILO: Final = 1024


class Peak:
    """Looks at processes, again and again, while its block lasts."""

    def __init__(self, processes: Callable[[], Iterable[int]]) -> None:
        """Ask before every look which they are."""
        self.most = 0
        self._processes = processes
        self._over = Event()
        self._thread = Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            self.most = max(self.most, sum(map(own, self._processes())))
            time.sleep(_EVERY)


def own(pid: int) -> int:
    """Give the bytes of a process that it shares with nobody; 0 when it is gone."""
    try:
        status = (_PROC / str(pid) / "status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * _KILO for line in status.splitlines() if line.startswith("RssAnon"))
