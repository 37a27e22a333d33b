"""The client of the supervisor: its configuration, its start and end, and requests over its socket.

The process itself is deploy/local/supervision.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Final
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from deploy.local.layout import Layout
from operations.condition.report import Restarts
from schemas.failures import ServiceMissingError

_PATIENCE: Final[float] = 10.0
_PAUSE: Final[float] = 0.02
_HEAD: Final = """\
[supervisord]
nodaemon = true
silent = true
logfile = {logs}/supervisor.log
logfile_maxbytes = 1MB
logfile_backups = 1
pidfile = {run}/supervisor.pid
{user}
[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[rpcinterface:doorfiets]
supervisor.rpcinterface_factory = deploy.local.supervision.restarts:make_interface
"""
_PROGRAM: Final = """
[program:{name}]
command = {command}
directory = {directory}
environment = {environment}
umask = 077
autostart = false
autorestart = true
startsecs = 1
startretries = 1000000
stopsignal = {stop}
stopwaitsecs = {patience}
stopasgroup = {as_group}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 2
"""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process to be supervised."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop: str = "TERM"
    patience: int = 10
    as_group: bool = True


class Supervisor:
    """One supervisord and its processes."""

    def __init__(self, layout: Layout) -> None:
        """Describe the supervisor of a state folder, which may run or not."""
        self._layout = layout
        self._child: subprocess.Popen[bytes] | None = None

    @contextmanager
    def _proxy(self) -> Iterator[Any]:
        """Open a new connection for each request, so that an interrupted one cannot disturb the next."""
        with self._connection() as connection:
            yield connection.supervisor

    @contextmanager
    def _connection(self) -> Iterator[ServerProxy]:
        transport = SupervisorTransport(None, None, f"unix://{self._layout.socket}")
        with closing(transport):
            yield ServerProxy("http://127.0.0.1", transport=transport)

    def restarts(self) -> dict[str, Restarts]:
        """Return for each program how often it ended by itself or did not start, and the last cause.

        Counted since the start of the supervisor, without stops and starts on request.
        """
        with self._connection() as connection:
            answer: Any = connection.doorfiets.restarts()
        return {name: _restarts(one) for name, one in answer.items()}

    def start(self, programs: Iterable[Program], *, dies_with_us: bool) -> None:
        """Start the supervisor with these programs, none of them running yet."""
        configuration = self._layout.etc / "supervisord.conf"
        configuration.write_text(self._configuration(programs))
        command = [sys.executable, "-P", "-m", "deploy.local.supervision", "-c", str(configuration)]
        if dies_with_us:
            command = ["setpriv", "--pdeathsig", "TERM", *command]
        with self._layout.log("supervisor").open("ab") as log:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _PATIENCE
        while not self.runs():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise SupervisorSilentError(f"the supervisor does not start; see {self._layout.log('supervisor')}")
            time.sleep(_PAUSE)

    def runs(self) -> bool:
        """Return whether it answers."""
        try:
            with self._proxy() as supervisor:
                return bool(supervisor.getState()["statename"] in ("RUNNING", "RESTARTING"))
        except (OSError, HTTPException, Fault):
            return False

    def states(self) -> dict[str, dict[str, Any]]:
        """Return the supervisor's record of each program: statename, pid, start, now."""
        with self._proxy() as supervisor:
            return {info["name"]: info for info in supervisor.getAllProcessInfo()}

    def launch(self, name: str) -> None:
        """Start a program, which is restarted whenever it ends, also where it ends before anybody can look."""
        wait = False
        try:
            with self._proxy() as supervisor:
                supervisor.startProcess(name, wait)
        except Fault as fault:
            if fault.faultCode != Faults.SPAWN_ERROR:
                raise

    def halt(self, *names: str) -> None:
        """Stop programs together, and wait until they have ended."""
        wait = False
        for name in names:
            with suppress(Fault), self._proxy() as supervisor:  # a Fault means that it did not run
                supervisor.stopProcess(name, wait)
        while any(self.states()[name]["statename"] == "STOPPING" for name in names):
            time.sleep(_PAUSE)

    def shut_down(self) -> None:
        """Stop the supervisor with everything that still runs."""
        pid = self._pid()
        try:
            with self._proxy() as supervisor:
                supervisor.shutdown()
        except (OSError, HTTPException, Fault):
            if self._child is None:
                return
            self._child.terminate()  # it does not listen yet, or no longer
        self._wait(pid)

    def kill(self) -> None:
        """Kill the supervisor and everything that it runs."""
        groups = [info["pid"] for info in self.states().values() if info["pid"]] if self.runs() else []
        pid = self._pid()
        for group in [*([pid] if pid else []), *groups]:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._wait(pid)

    def _pid(self) -> int | None:
        """Return its process id: by asking it, as its file may be missing after a full disk; else from the file."""
        with suppress(OSError, HTTPException, Fault), self._proxy() as supervisor:
            return int(supervisor.getPID())
        try:
            return int((self._layout.run / "supervisor.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _wait(self, pid: int | None) -> None:
        if self._child is not None:
            self._child.wait()
            self._child = None
            return
        while pid is not None and _lives(pid):
            time.sleep(_PAUSE)

    def _configuration(self, programs: Iterable[Program]) -> str:
        user = "user = root\n" if os.geteuid() == 0 else ""
        head = _HEAD.format(logs=self._layout.logs, run=self._layout.run, socket=self._layout.socket, user=user)
        return head + "".join(self._section(program) for program in programs)

    def _section(self, program: Program) -> str:
        return _PROGRAM.format(
            name=program.name,
            command=_escaped(shlex.join(["setpriv", f"--pdeathsig={program.stop}", *program.command])),
            directory=self._layout.home,
            environment=",".join(f'{key}="{_escaped(value)}"' for key, value in program.environment.items()),
            stop=program.stop,
            patience=program.patience,
            as_group=str(program.as_group).lower(),
            log=self._layout.log(program.name),
        )


class SupervisorSilentError(ServiceMissingError):
    """The supervisor did not start; its log says why."""


def _restarts(answer: Mapping[str, Any]) -> Restarts:
    failed_at = datetime.fromtimestamp(answer["failed_at"], UTC) if answer["failed_at"] else None
    return Restarts(answer["restarts"], answer["cause"], failed_at)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
