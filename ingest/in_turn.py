"""Processes that change the same file, one after the other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def in_turn(lock_file: Path) -> Iterator[None]:
    """Let the body run while it runs in no other process that has this lock file; waits for whoever came before."""
    with os.fdopen(os.open(lock_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
