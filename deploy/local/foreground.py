"""A stack in the foreground, which runs until a signal or another command stops it."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from deploy.local.stack import Stack
from deploy.local.start_up import State, Watcher

_LOOK_EVERY: Final[float] = 1.0


class Stop:
    """The request to stop.

    KeyboardInterrupt is swallowed in finalizers, so the request is stored too.
    """

    def __init__(self) -> None:
        """Start without a request."""
        self.requested = False

    def check(self) -> None:
        """Raise KeyboardInterrupt if there is a request."""
        if self.requested:
            raise KeyboardInterrupt

    def watcher(self, watch: Watcher) -> Watcher:
        """Wrap a watcher of a starting stack in one that calls `check` at every step."""

        def watching(name: str, state: State, seconds: float) -> None:
            self.check()
            watch(name, state, seconds)

        return watching


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """Handle SIGTERM and SIGHUP like Ctrl-C, so that all of them stop the stack in order.

    SIGINT is handled also where a shell ignores it for background processes. An ignored SIGHUP (nohup) stays so.
    """
    stop = Stop()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        stop.requested = True
        raise KeyboardInterrupt

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def hold(stack: Stack, stop: Stop) -> None:
    """Wait until Ctrl-C, or until another command stops the stack; then stop it. A second Ctrl-C kills everything."""
    try:
        while stack.runs():
            stop.check()
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        pass
    finally:
        stack.stop()
