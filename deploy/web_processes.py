"""The site as several processes behind one address: started, watched, started again, and counted together.

This process serves nothing itself. Each of the others answers the proxy on a Unix socket of its own; where there is no
proxy, all of them answer on the address of the site, which this process has opened.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType
from typing import Final

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, REGISTRY
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from deploy.local import proxy, secrets
from deploy.local.layout import Layout
from deploy.local.probes import worker_is_ready
from deploy.serving import write
from deploy.settings import Settings
from opendata.guards import visitor_table
from operations.condition.liveness import lives

MOST: Final = 4
"""Processes where no setting says how many."""
_LOOK_EVERY: Final = 0.05  # seconds
_WATCH_EVERY: Final = 5.0
_ANSWERS_WITHIN: Final = 5.0
_SILENT: Final = 3  # times without an answer, after which a process is ended
_PATIENCE: Final = 8.0  # seconds between the stop signal and the kill
_PAUSE: Final = 1.0  # seconds between two starts of one
_TRIES: Final = 3
_BACKLOG: Final = 512
END_OF_METRICS: Final = b"# EOF\n"
"""What stands at the end of what a process tells of itself, as in OpenMetrics."""


def count(settings: Settings) -> int:
    """Return how many processes serve the site."""
    return settings.web_processes or min(MOST, len(os.sched_getaffinity(0)))


def sockets(settings: Settings) -> list[Path]:
    """Return where each process answers by itself."""
    layout = Layout(settings.home)
    return [layout.web_socket(number) for number in range(1, count(settings) + 1)]


def run(settings: Settings, ready_file: Path) -> None:
    """Serve the site until a signal stops it; end with code 1 where a process never becomes ready."""
    layout = Layout(settings.home)
    visitor_table.prepare(layout.visitors)
    if settings.cursor_key_file is None:
        secrets.write(layout.passing_cursor_key, token_urlsafe(32) + "\n")
    shared = [] if proxy.stands_before(settings) else [_listening(str(settings.listen))]
    processes = [WebProcess(layout, number, shared) for number in range(1, count(settings) + 1)]
    for collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
        REGISTRY.unregister(collector)  # each of the processes has its own
    REGISTRY.register(ProcessMetrics(layout, len(processes)))
    _Running(processes, ready_file).go()


class WebProcess:
    """One process: its sockets, and what runs there now."""

    def __init__(self, layout: Layout, number: int, shared: Sequence[socket.socket]) -> None:
        """Make its socket; nothing runs yet."""
        self.number = number
        self._layout, self._ready_file = layout, layout.ready(f"web-{number}")
        self._ready_file.unlink(missing_ok=True)
        self._sockets = shared
        self._child: subprocess.Popen[bytes] | None = None
        self._began = -_PAUSE
        self._was_ready = False
        self.failures, self.silent = 0, 0

    @property
    def is_ready(self) -> bool:
        """Whether it serves."""
        return self._child is not None and self._child.poll() is None and worker_is_ready(self._ready_file)

    def look(self) -> None:
        """Start it where it does not run; count how often it ended before it was ready."""
        self._was_ready = self._was_ready or self.is_ready
        if self._child is not None and self._child.poll() is not None:
            print(f"web process {self.number} ended with {self._child.returncode}", file=sys.stderr, flush=True)
            self.failures = 0 if self._was_ready else self.failures + 1
            self._child = None
        if self._child is None and time.monotonic() - self._began >= _PAUSE:
            self._start()

    def watch(self) -> None:
        """End it where it has not answered for some times."""
        if not self.is_ready or lives(self._layout.web_socket(self.number), _ANSWERS_WITHIN):
            self.silent = 0
            return
        self.silent += 1
        if self.silent >= _SILENT and self._child is not None:
            print(f"web process {self.number} does not answer, and is ended", file=sys.stderr, flush=True)
            self._child.kill()
            self.silent = 0

    def stop(self) -> None:
        """Ask it to end."""
        if self._child is not None:
            self._child.terminate()

    def wait(self, until: float) -> None:
        """Wait until it has ended, or end it at a monotonic time."""
        if self._child is None:
            return
        try:
            self._child.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._ready_file.unlink(missing_ok=True)

    def _start(self) -> None:
        self._began, self._was_ready = time.monotonic(), False
        descriptors = [one.fileno() for one in self._sockets]
        self._child = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig=KILL", sys.executable, "-P", "-m", "deploy.web_process"),
                *map(str, (self.number, *descriptors)),
            ],
            pass_fds=descriptors,
        )


class _Running:
    """All processes, until a signal."""

    def __init__(self, processes: Sequence[WebProcess], ready_file: Path) -> None:
        self._processes, self._ready_file = processes, ready_file
        self._stopped = False

    def go(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        written, watched = False, time.monotonic()
        try:
            while not self._stopped:
                for one in self._processes:
                    one.look()
                if any(one.failures >= _TRIES for one in self._processes):
                    sys.exit(1)
                if all(one.is_ready for one in self._processes) or written:
                    written = (written and self._ready_file.exists()) or write(self._ready_file)
                if time.monotonic() - watched >= _WATCH_EVERY:
                    watched = time.monotonic()
                    for one in self._processes:
                        one.watch()
                time.sleep(_LOOK_EVERY)
        finally:
            until = time.monotonic() + _PATIENCE
            for one in self._processes:
                one.stop()
            for one in self._processes:
                one.wait(until)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True


class ProcessMetrics(Collector):
    """The metrics of all processes, each with the number of its process; of one that is away there are none."""

    def __init__(self, layout: Layout, processes: int) -> None:
        """Take the sockets where they tell them."""
        self._sockets = {number: layout.metrics_socket(number) for number in range(1, processes + 1)}

    def describe(self) -> Iterable[Metric]:
        """Say nothing before it is asked: names are those of the processes."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Ask every process."""
        together: dict[str, Metric] = {}
        for number, path in self._sockets.items():
            for family in text_string_to_metric_families(_read_text(path)):
                named = together.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    named.samples.append(sample._replace(labels={**sample.labels, "process": str(number)}))
        yield from together.values()


def _read_text(path: Path) -> str:
    """Read what a process tells; nothing where it is away, or did not come to the end: half a text is wrong."""
    parts = []
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        connection.connect(str(path))
        while part := connection.recv(65_536):
            parts.append(part)
    text = b"".join(parts)
    return text.decode() if text.endswith(END_OF_METRICS) else ""


def _listening(address: str) -> socket.socket:
    """Listen on host:port."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, int(port)), family=family, backlog=_BACKLOG)
