"""One process of a kind at a time: two bridges would disconnect each other for ever, two pollers ask twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class SecondProcessError(Exception):
    """Another process of this kind holds the lock; stop it first, or leave it running."""


@contextmanager
def only_one(lock_file: Path, called: str) -> Iterator[None]:
    """Hold the lock while the body runs; raise SecondProcessError when another process has it.

    `called` is what the error calls it.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            lock.seek(0)
            raise SecondProcessError(
                f"{called} runs already (pid {lock.read().strip() or 'unknown'}, {lock_file})"
            ) from problem
        with suppress(OSError):  # the lock holds without our name in it, also on a full disk
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), f"{os.getpid()}\n".encode())
        yield
