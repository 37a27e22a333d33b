"""The processor time of each service, with its descendants, also those that have ended."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from deploy.local.stack import Stack

SERVICES: Final = (
    "mosquitto", "bridge", "intake", "kafka", "store", "aggregate", "quality", "receipts", "replay", "watch",
    "postgres", "web", "proxy", "console",
)  # fmt: skip
_REST: Final = 0.3  # processor seconds a second of all services, at most
_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN, _ENDED = 1, slice(11, 13), slice(13, 15)


class Meter:
    """Processor seconds of every service since the meter was made, or since the service was started after that."""

    def __init__(self, stack: Stack) -> None:
        """Read the present values."""
        self._stack = stack
        self._before = _read(stack)

    def used(self) -> dict[str, float]:
        """Return the seconds used by each service that runs."""
        now = _read(self._stack)
        return {name: seconds - self._earlier(name, pid) for name, (pid, seconds) in now.items()}

    def _earlier(self, name: str, pid: int) -> float:
        before, seconds = self._before.get(name, (0, 0.0))
        return seconds if before == pid else 0.0


def wait_until_at_rest(stack: Stack, within: float) -> bool:
    """Wait until what a start leaves to do is done, `within` seconds at most; tell whether it is.

    Kafka compiles its code for a while, and whoever is measured meanwhile has one of two processors.
    """
    end = time.monotonic() + within
    while time.monotonic() < end:
        meter = Meter(stack)
        time.sleep(1)
        if sum(meter.used().values()) <= _REST:
            return True
    return False


def seconds(pid: int, stats: Mapping[int, list[int]]) -> float:
    """Add up the seconds of a process and its descendants, also those that have ended."""
    family = [pid, *_descendants(pid, stats)]
    ticks = sum(sum(stats[one][_OWN]) + sum(stats[one][_ENDED]) for one in family)
    return ticks / _TICKS


def read_seconds(pid: int) -> float:
    """Return the seconds of one process, without its descendants."""
    stat = fields((_PROC / str(pid) / "stat").read_text("utf-8", "replace"))
    return sum(stat[_OWN]) / _TICKS


def fields(stat: str) -> list[int]:
    """Return a line of /proc/PID/stat from its third field on, with 0 for the state; the second may hold spaces."""
    _, _, rest = stat.rpartition(")")
    return [0, *map(int, rest.split()[1:])]


def _read(stack: Stack) -> dict[str, tuple[int, float]]:
    stats = dict(_stats())
    pids = {name: stack.pid(name) for name in SERVICES if stack.has(name)}
    return {name: (pid, seconds(pid, stats)) for name, pid in pids.items() if pid in stats}


def _stats() -> Iterator[tuple[int, list[int]]]:
    for folder in _PROC.glob("[0-9]*"):
        try:
            yield int(folder.name), fields((folder / "stat").read_text("utf-8", "replace"))
        except (FileNotFoundError, ProcessLookupError):
            continue


def _descendants(pid: int, stats: Mapping[int, list[int]]) -> Iterator[int]:
    for child in [one for one, stat in stats.items() if stat[_PARENT] == pid]:
        yield child
        yield from _descendants(child, stats)
