"""A stack in the foreground: it lives until somebody stops it, whichever way."""

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
    """Whether somebody asked us to stop.

    The exception of a Ctrl-C is swallowed where Python cleans up behind itself, so the wish is remembered too.
    """

    def __init__(self) -> None:
        """Nobody did yet."""
        self.requested = False

    def heed(self) -> None:
        """Raise KeyboardInterrupt if somebody asked."""
        if self.requested:
            raise KeyboardInterrupt

    def heeding(self, watch: Watcher) -> Watcher:
        """Make a watcher of a starting stack that heeds the wish at every step."""

        def watching(name: str, state: State, seconds: float) -> None:
            self.heed()
            watch(name, state, seconds)

        return watching


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """Take SIGTERM and SIGHUP for a Ctrl-C, so that every way to go is the orderly one.

    A shell lets what it starts in the background ignore Ctrl-C; we do not. A hang-up that is ignored (nohup) stays so.
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
    """Wait until Ctrl-C, or until somebody else stops the stack; then stop it. A second Ctrl-C kills everything."""
    try:
        while stack.runs():
            stop.heed()
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        pass
    finally:
        stack.stop()
