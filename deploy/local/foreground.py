"""A stack in the foreground: it lives until somebody stops it, whichever way."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from deploy.local.stack import Stack

_LOOK_EVERY: Final[float] = 1.0


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Take SIGTERM and SIGHUP for a Ctrl-C, so that every way to go is the orderly one.

    A shell lets what it starts in the background ignore Ctrl-C; we do not. A hang-up that is ignored (nohup) stays so.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def hold(stack: Stack) -> None:
    """Wait until Ctrl-C, or until somebody else stops the stack; then stop it. A second Ctrl-C kills everything."""
    try:
        while stack.runs():
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        pass
    finally:
        stack.stop()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
