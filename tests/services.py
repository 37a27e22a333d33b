"""Wait for a stack, and kill or stop a service of it as an accident would, whatever the supervisor is at just then."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deploy.local.stack import Stack


def wait_until(condition: Callable[[], bool], what: str, *, patience: float = 120) -> None:
    """Wait for something to become true; fail with its name when it does not."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"after {patience:.0f} s still waiting: {what}"
        time.sleep(0.1)


def wait_until_none_waits(waiting: Callable[[], int], what: str, *, patience: float = 180) -> None:
    """Wait until nothing is left, as long as it becomes less: a slow machine takes its time, one that stands fails."""
    fewest, moved_at = waiting(), time.monotonic()
    while left := waiting():
        if left < fewest:
            fewest, moved_at = left, time.monotonic()
        assert time.monotonic() < moved_at + patience, f"for {patience:.0f} s never fewer than {fewest:,} wait: {what}"
        time.sleep(0.1)


def running(stack: Stack, name: str) -> int:
    """Give the process id of a service; one that was killed a moment ago is waited for."""
    wait_until(lambda: stack.pid(name) is not None, f"{name} runs", patience=60)
    pid = stack.pid(name)
    assert pid is not None, f"{name} ended as soon as it ran"
    return pid


def kill(stack: Stack, name: str) -> None:
    """Kill a service (PostgreSQL: stop it at once) and wait until another process of that name runs."""
    before = running(stack, name)
    os.kill(before, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)
    wait_until(lambda: stack.pid(name) not in {before, None}, f"the supervisor starts {name} again", patience=60)


@contextmanager
def stopped(stack: Stack, name: str) -> Iterator[int]:
    """Let a service stand still while the body runs; answer its process id."""
    pid = running(stack, name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGCONT)
