"""Supervised processes that are restarted after a bounded pause, with a record of how often and why they ended."""

import os
import time
from signal import Signals
from typing import Any, Final

from supervisor.process import Subprocess
from supervisor.states import ProcessStates

LONGEST_PAUSE: Final[int] = 1
"""Seconds before another start; the library adds one second for each one, without a bound."""


class Restarted(Subprocess):  # type: ignore[misc]  # it ships no types
    """A process that waits at most LONGEST_PAUSE seconds for its next start, and records what ended it.

    `restarts` counts how often it ended by itself or did not start; `cause` is the last cause ("exit code 1",
    "SIGKILL", "not started: ..."), `failed_at` its time (Unix time, 0.0 for never).
    """

    def __init__(self, config: Any) -> None:  # noqa: ANN401 - theirs
        """Start without a failure."""
        super().__init__(config)
        self.backoff = 0
        self.restarts, self.cause, self.failed_at = 0, "", 0.0

    def change_state(self, new_state: int, expected: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 - theirs
        """Lower the count of starts so that the next pause is at most LONGEST_PAUSE."""
        if new_state == ProcessStates.BACKOFF:
            self.backoff = min(self.backoff, LONGEST_PAUSE - 1)
        return super().change_state(new_state, expected)

    def finish(self, pid: int, sts: int) -> None:
        """Record an end that was not requested."""
        stopped = self.killing
        super().finish(pid, sts)
        if not stopped:
            self._failed(cause(sts))

    def record_spawnerr(self, msg: str) -> None:
        """Record a start that failed."""
        super().record_spawnerr(msg)
        self._failed(f"not started: {msg}")

    def _failed(self, how: str) -> None:
        self.restarts += 1
        self.cause, self.failed_at = how, time.time()  # noqa: TID251 - when something happened here


class RestartsInterface:
    """The extension of the supervisor's XML-RPC interface."""

    def __init__(self, supervisord: Any) -> None:  # noqa: ANN401 - theirs
        """Describe the processes of a supervisor."""
        self._supervisord = supervisord

    def restarts(self) -> dict[str, dict[str, Any]]:
        """Return restarts, cause and failed_at of each process by name, since the start of the supervisor."""
        return {
            name: {"restarts": process.restarts, "cause": process.cause, "failed_at": process.failed_at}
            for group in self._supervisord.process_groups.values()
            for name, process in group.processes.items()
        }


def make_interface(supervisord: Any, **_: str) -> RestartsInterface:  # noqa: ANN401 - theirs
    """Make the interface that `[rpcinterface:doorfiets]` names."""
    return RestartsInterface(supervisord)


def cause(status: int) -> str:
    """Return how a process ended, from the status of `waitpid`."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exit code {code}"
    return Signals(-code).name if -code in set(Signals) else f"signal {-code}"
