"""The peak of the unshared memory of some processes."""

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
    """Samples the memory of processes while its block lasts."""

    def __init__(self, processes: Callable[[], Iterable[int]]) -> None:
        """Describe it; `processes` is called before every sample."""
        self.most = 0
        self._processes = processes
        self._over = Event()
        self._thread = Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> Self:
        """Start sampling."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sampling."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            self.most = max(self.most, sum(map(own, self._processes())))
            time.sleep(_EVERY)


def own(pid: int) -> int:
    """Return the unshared bytes of a process; 0 when it has ended."""
    try:
        status = (_PROC / str(pid) / "status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * _KILO for line in status.splitlines() if line.startswith("RssAnon"))
