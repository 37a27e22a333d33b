"""The local stack: starting it, stopping it, and controlling its services; demo and tests use it too."""

import shutil
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.local import ports, secrets
from deploy.local.layout import Layout
from deploy.local.location import Location, filled, locate
from deploy.local.services import PARTS, StackPart, chosen, programs
from deploy.local.start_up import StartUp, State, Watcher
from deploy.local.supervisor import Supervisor
from deploy.settings import Settings
from operations.condition.report import Restarts
from schemas.failures import CheckFailedError


class AlreadyRunningError(CheckFailedError):
    """A stack runs in this state folder already; use it, or stop it with `doorfiets down`."""


def _unwatched(_name: str, _state: State, _seconds: float) -> None:
    return


class Stack:
    """All services of one state folder."""

    def __init__(self, settings: Settings, *, ephemeral: bool = False, dies_with_us: bool = True) -> None:
        """Describe a stack; nothing is started yet.

        `ephemeral` puts all state in a folder of its own that is deleted when the stack stops. `dies_with_us` ends the
        services when the thread that started them ends.
        """
        if ephemeral:
            settings = replace(settings, home=_temporary_home())
        self._wanted, self._ephemeral, self._dies_with_us = settings, ephemeral, dies_with_us
        self.layout = Layout(settings.home)
        self._supervisor = Supervisor(self.layout)

    def __enter__(self) -> Self:
        """Start everything."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self.stop()

    def start(self, *, only: Collection[str] = (), watch: Watcher = _unwatched) -> None:
        """Start the parts named with all they need (all parts when none is named), and wait until they are ready.

        Raises AlreadyRunningError, or deploy.local.start_up.PartFailedError after everything was stopped again.
        """
        if self.runs():
            raise AlreadyRunningError(f"a stack runs in {self.layout.home} already; see `doorfiets status`")
        try:
            location = self._settle()
            parts = chosen(self._wanted, only)
            self._supervisor.start(programs(parts, location), dies_with_us=self._dies_with_us)
            StartUp(location, self._supervisor, watch).go(parts)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything in order; interrupted, kill everything. A stack that does not run is no error."""
        try:
            if self.runs():
                self._halt_in_order()
            self._supervisor.shut_down()
        except KeyboardInterrupt:
            self._supervisor.kill()
            raise
        finally:
            self._clear()
            if self._ephemeral:
                shutil.rmtree(self.layout.home, ignore_errors=True)

    def settings(self) -> Settings:
        """Return the settings with the addresses of all services."""
        return locate(self._wanted)

    def runs(self) -> bool:
        """Return whether the supervisor of this state folder answers."""
        return self._supervisor.runs()

    def states(self) -> dict[str, dict[str, Any]]:
        """Return the supervisor's record of each service that was started: statename, pid, start, now."""
        states = self._supervisor.states()
        return {part.name: states[part.name] for part in PARTS if part.name in states}

    def restarts(self) -> dict[str, Restarts]:
        """Return how often each service ended by itself, and the last cause."""
        return self._supervisor.restarts()

    def readiness(self) -> dict[str, Callable[[], bool]]:
        """Return a function for each service that tells whether it is ready; calling it may take seconds."""
        location = self._location()
        return {part.name: partial(part.ready, location) for part in PARTS if part.command is not None}

    def has(self, name: str) -> bool:
        """Return whether a service is among those that were started."""
        return name in self._supervisor.states()

    def pid(self, name: str) -> int | None:
        """Return the process id of a service; None while it does not run."""
        return self._supervisor.states()[name]["pid"] or None

    def halt(self, name: str) -> None:
        """Stop one service and leave it stopped."""
        self._supervisor.halt(name)
        self.layout.ready(name).unlink(missing_ok=True)

    def resume(self, name: str, *, patience: float = 60.0) -> None:
        """Start a stopped service and wait until it is ready; raise TimeoutError when it is not in time."""
        self._supervisor.launch(name)
        self.wait(name, patience=patience)

    def restart(self, name: str) -> None:
        """Stop a service, start it again, and wait until it is ready."""
        self.halt(name)
        self.resume(name)

    def wait(self, name: str, *, patience: float = 60.0) -> None:
        """Wait until a service is ready; raise TimeoutError when it is not in time."""
        location, deadline = self._location(), time.monotonic() + patience
        while not _part(name).ready(location):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} is not ready after {patience:.0f} s; see {self.layout.log(name)}")
            time.sleep(0.05)

    def wipe(self) -> None:
        """Delete all state of a stopped stack, passwords included."""
        for folder in (self.layout.data, self.layout.run, self.layout.etc, self.layout.secrets):
            shutil.rmtree(folder, ignore_errors=True)

    def _settle(self) -> Location:
        self.layout.make()
        self._clear()
        secrets.make(self.layout)
        block = ports.choose(self._wanted.port_base, self.layout.ports)
        return Location(self.layout, block, filled(self._wanted, block))

    def _location(self) -> Location:
        block = ports.recall(self.layout.ports) or ports.Ports.block(self._wanted.port_base)
        return Location(self.layout, block, filled(self._wanted, block))

    def _halt_in_order(self) -> None:
        started = [part for part in PARTS if part.name in self._supervisor.states()]
        self._supervisor.halt(*(part.name for part in started if part.after))
        self._supervisor.halt(*(part.name for part in started if not part.after))

    def _clear(self) -> None:
        for part in PARTS:
            self.layout.ready(part.name).unlink(missing_ok=True)


def _part(name: str) -> StackPart:
    return next(part for part in PARTS if part.name == name)


def _temporary_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="doorfiets-"))
    home.chmod(0o711)  # the database's own user passes through
    return home
