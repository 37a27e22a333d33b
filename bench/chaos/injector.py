"""Injection of faults: into processes of the experiment's own stacks only, by their ids, and undone at the end."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Final, NamedTuple

from bench.chaos.environment import Environment
from bench.chaos.faults import Fault
from bench.chaos.processes import family
from bench.chaos.proxy import Cut
from bench.chaos.record import LoadRecord
from bench.chaos.schedule import Planned

_PATIENCE: Final = 20.0  # seconds that a target may need to return from the fault before
_PAUSE: Final = 0.05
_SIGNALS: Final = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_HOWS: Final[dict[str, Cut]] = {"reset": "reset", "silence": "silence"}


class Done(NamedTuple):
    """A fault that was injected, in monotonic seconds; an instantaneous one ends when it begins."""

    fault: Fault
    began_at: float
    ended_at: float


@dataclass
class Injector:
    """Injects faults, and records them in `done`."""

    platform: Environment
    record: LoadRecord
    tell: Callable[[str], None]
    done: list[Done] = field(default_factory=list)
    skipped: int = 0

    def __post_init__(self) -> None:
        """Begin with no fault in force."""
        self._over = Event()
        self._lock = Lock()
        self._stopped: dict[str, set[int]] = {}
        self._threads: list[Thread] = []

    def follow(self, plan: Sequence[Planned], began_at: float) -> None:
        """Start to inject what is planned, each at its time, in the background."""
        thread = Thread(target=self._follow, args=(plan, began_at), name="faults", daemon=True)
        self._threads.append(thread)
        thread.start()

    def do(self, fault: Fault, seconds: float) -> Done | None:
        """Inject one fault and wait until it is over; None when its target does not run."""
        began_at = self._begin(fault)
        if began_at is None:
            self.skipped += 1
            return None
        if fault.lasts:
            self._over.wait(seconds)
            self._end(fault)
        done = Done(fault, began_at, time.monotonic() if fault.lasts else began_at)
        with self._lock:
            self.done.append(done)
        self.record.fault(fault.name, done.began_at, done.ended_at)
        return done

    def stop(self) -> None:
        """Begin no new fault, undo those in force, and wait until that is done."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _follow(self, plan: Sequence[Planned], began_at: float) -> None:
        for planned in plan:
            if self._over.wait(max(0.0, began_at + planned.at - time.monotonic())):
                return
            thread = Thread(target=self.do, args=(planned.fault, planned.seconds), name=planned.fault.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _begin(self, fault: Fault) -> float | None:
        if fault.how in {"kill", "stop", "fast", "immediate"}:
            return self._strike(fault)
        began_at = time.monotonic()
        self.tell(f"  {fault.name}")
        if fault.path is not None:
            client, server = fault.path
            self.platform.proxies[server].cut(client, _HOWS[fault.how])
        else:
            self.platform.disk.fill()
        return began_at

    def _end(self, fault: Fault) -> None:
        if fault.path is not None:
            client, server = fault.path
            self.platform.proxies[server].heal(client)
        elif fault.how == "fill":
            self.platform.disk.free()
        else:
            for pid in self._stopped.pop(fault.name):
                _signal(pid, signal.SIGCONT)

    def _strike(self, fault: Fault) -> float | None:
        pids = [pid for pid in map(self._alive, fault.victims) if pid is not None]
        if not pids:
            return None
        self.tell(f"  {fault.name} {' '.join(map(str, pids))}")
        at = time.monotonic()
        for pid in pids:
            if fault.how == "kill":
                _kill(family(pid))
            elif fault.how == "stop":
                self._stopped[fault.name] = _stop(pid)
            else:
                _signal(pid, _SIGNALS[fault.how])
        return at

    def _alive(self, service: str) -> int | None:
        until = time.monotonic() + _PATIENCE
        while (pid := self.platform.pid(service)) is None and time.monotonic() < until and not self._over.is_set():
            time.sleep(_PAUSE)
        return pid


def _kill(pids: list[int]) -> None:
    """Kill a process and its descendants; stop them first, so that none starts another."""
    for pid in pids:
        _signal(pid, signal.SIGSTOP)
    for pid in pids:
        _signal(pid, signal.SIGKILL)


def _stop(pid: int) -> set[int]:
    """Stop a process and its descendants, those started meanwhile too."""
    stopped: set[int] = set()
    while found := set(family(pid)) - stopped:
        for one in found:
            _signal(one, signal.SIGSTOP)
        stopped |= found
    return stopped


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
