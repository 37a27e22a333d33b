"""The start-up of a stack: each part starts as soon as those that it needs are ready."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Final, Literal, TypeAlias

from deploy.local.layout import Layout
from deploy.local.location import Location
from deploy.local.services import StackPart
from deploy.local.supervisor import Supervisor
from schemas.failures import ServiceMissingError

State: TypeAlias = Literal["waiting", "starting", "ready", "failed"]
Watcher: TypeAlias = Callable[[str, State, float], None]
"""Called with a part, its new state, and the seconds that it has taken."""

_PATIENCE: Final[float] = 90.0
_PAUSE: Final[float] = 0.05
_LIVES: Final[int] = 3  # a process that ended this often before it was ready counts as failed


class PartFailedError(ServiceMissingError):
    """A part did not become ready; everything was stopped again."""


class StartUp:
    """One start of a stack."""

    def __init__(self, location: Location, supervisor: Supervisor, watch: Watcher) -> None:
        """Start with a supervisor that runs already."""
        self._location, self._supervisor, self._watch = location, supervisor, watch
        self._began: dict[str, float] = {}
        self._ready: set[str] = set()
        self._pids: defaultdict[str, set[int]] = defaultdict(set)

    def go(self, parts: Collection[StackPart]) -> None:
        """Start all parts; raise PartFailedError for the first that fails."""
        names = {part.name for part in parts}
        for part in parts:
            self._watch(part.name, "waiting", 0.0)
        while names - self._ready:
            for part in parts:
                if part.name not in self._began and names & set(part.after) <= self._ready:
                    self._begin(part)
                elif part.name in self._began and part.name not in self._ready:
                    self._look(part)
            time.sleep(_PAUSE)

    def _begin(self, part: StackPart) -> None:
        self._began[part.name] = time.monotonic()
        self._watch(part.name, "starting", 0.0)
        try:
            part.prepare(self._location)
        except Exception as failure:
            raise self._failed(part, f"{type(failure).__name__}: {failure}") from failure
        if part.command is not None:
            self._supervisor.launch(part.name)
        self._look(part)

    def _look(self, part: StackPart) -> None:
        took = time.monotonic() - self._began[part.name]
        if part.ready(self._location):
            self._ready.add(part.name)
            self._watch(part.name, "ready", took)
        elif took > _PATIENCE or self._ended_often(part):
            raise self._failed(
                part, f"not ready after {took:.0f} s; the end of its log:\n{tail(self._location.layout, part.name)}"
            )

    def _ended_often(self, part: StackPart) -> bool:
        info = self._supervisor.states()[part.name]
        if info["pid"]:
            self._pids[part.name].add(info["pid"])
        return info["statename"] in {"FATAL", "UNKNOWN"} or len(self._pids[part.name]) > _LIVES

    def _failed(self, part: StackPart, why: str) -> PartFailedError:
        self._watch(part.name, "failed", time.monotonic() - self._began[part.name])
        return PartFailedError(f"{part.name}: {why}")


def tail(layout: Layout, name: str, lines: int = 8) -> str:
    """Return the last lines of a service's log, indented."""
    try:
        text = layout.log(name).read_text("utf-8", "replace")
    except FileNotFoundError:
        return "    (it wrote nothing)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
