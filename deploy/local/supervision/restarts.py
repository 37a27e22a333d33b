"""What is looked after: started again soon, however often it failed, with a memory of how often and why."""

import os
import time
from signal import Signals
from typing import Any, Final

from supervisor.process import Subprocess
from supervisor.states import ProcessStates

LONGEST_PAUSE: Final[int] = 1
"""Seconds before another try; the library adds one second for each try, for ever."""


class Restarted(Subprocess):  # type: ignore[misc]  # it ships no types
    """A process that never waits longer than LONGEST_PAUSE for its next start, and remembers what ended it.

    `restarts` counts the times that it ended, or did not start, though nobody asked for it; `cause` says how the last
    time was ("exit code 1", "SIGKILL", "not started: ..."), `failed_at` when (Unix time, 0.0 for never).
    """

    def __init__(self, config: Any) -> None:  # noqa: ANN401 - theirs
        """Nothing happened yet."""
        super().__init__(config)
        self.backoff = 0
        self.restarts, self.cause, self.failed_at = 0, "", 0.0

    def change_state(self, new_state: int, expected: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 - theirs
        """Forget so many tries that the next pause is no longer than it may be."""
        if new_state == ProcessStates.BACKOFF:
            self.backoff = min(self.backoff, LONGEST_PAUSE - 1)
        return super().change_state(new_state, expected)

    def finish(self, pid: int, sts: int) -> None:
        """Remember an end that nobody asked for."""
        requested = self.killing
        super().finish(pid, sts)
        if not requested:
            self._failed(cause(sts))

    def record_spawnerr(self, msg: str) -> None:
        """Remember a start that did not come about."""
        super().record_spawnerr(msg)
        self._failed(f"not started: {msg}")

    def _failed(self, how: str) -> None:
        self.restarts += 1
        self.cause, self.failed_at = how, time.time()  # noqa: TID251 - when something happened here


class RestartsInterface:
    """The part of our own in what the supervisor answers over its socket."""

    def __init__(self, supervisord: Any) -> None:  # noqa: ANN401 - theirs
        """Speak of what a supervisor looks after."""
        self._supervisord = supervisord

    def restarts(self) -> dict[str, dict[str, Any]]:
        """Answer for each process by name: restarts, cause, failed_at; since the start of the supervisor."""
        return {
            name: {"restarts": process.restarts, "cause": process.cause, "failed_at": process.failed_at}
            for group in self._supervisord.process_groups.values()
            for name, process in group.processes.items()
        }


def make_interface(supervisord: Any, **_: str) -> RestartsInterface:  # noqa: ANN401 - theirs
    """Make what `[rpcinterface:doorfiets]` names."""
    return RestartsInterface(supervisord)


def cause(status: int) -> str:
    """Say how a process ended, from the status that `waitpid` gives."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exit code {code}"
    return Signals(-code).name if -code in set(Signals) else f"signal {-code}"
