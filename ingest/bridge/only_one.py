"""One bridge at a time: two with the same client id would take each other's connection for ever."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class SecondBridgeError(Exception):
    """Another bridge holds the lock; stop it first, or let it be."""


@contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Hold the lock while the body runs; raise SecondBridgeError when somebody else has it."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            held.seek(0)
            raise SecondBridgeError(
                f"a bridge runs already (pid {held.read().strip() or 'unknown'}, {lock_file})"
            ) from problem
        with suppress(OSError):  # the lock holds without our name in it, also on a full disk
            os.ftruncate(held.fileno(), 0)
            os.write(held.fileno(), f"{os.getpid()}\n".encode())
        yield
