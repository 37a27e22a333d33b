"""Serving HTTP until a signal stops it, with a ready file that is there as long as somebody listens."""

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import uvicorn

_PAUSE: Final = 0.02
_TRY_AGAIN: Final = 1.0


def serve(server: "uvicorn.Server", ready_file: Path, sockets: Sequence[socket.socket] = ()) -> None:
    """Serve, on sockets that listen already where they are given; the ready file is written once it listens.

    A ready file that could not be written, or was deleted, is written again.
    """
    stopped = Event()

    def write_ready_file() -> None:
        while not server.started and not stopped.wait(_PAUSE):
            pass
        written = False
        while server.started and not server.should_exit and not stopped.is_set():
            written = (written and ready_file.exists()) or write(ready_file)
            stopped.wait(_TRY_AGAIN)

    writer = Thread(target=write_ready_file, name="ready-file", daemon=True)
    writer.start()
    try:
        server.run(list(sockets) or None)
    finally:
        stopped.set()
        writer.join()


def write(ready_file: Path) -> bool:
    """Write the ready file with the id of this process; return whether that succeeded."""
    with suppress(OSError):
        ready_file.write_text(f"{os.getpid()}\n")
        return True
    return False
