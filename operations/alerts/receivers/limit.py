"""A limit for a whole conversation: a server that answers letter by letter passes every time limit of one answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from typing import Final

PATIENCE: Final = 10.0
"""How many seconds a receiver waits for each answer."""
LIMIT: Final = 45.0
"""How many seconds one message may take in all."""
_AGAIN: Final = 1.0


@contextmanager
def limited(socket_of: Callable[[], socket | None], limit: float) -> Iterator[None]:
    """Shut the socket of a conversation that has lasted for `limit` seconds: whoever waits for it gets an OSError."""
    done = Event()

    def watch() -> None:
        wait = limit
        while not done.wait(wait):
            wait = _AGAIN  # it may have been connecting
            if (open_socket := socket_of()) is not None:
                with suppress(OSError):
                    socket.shutdown(open_socket, SHUT_RDWR)  # of TLS as well: no goodbye is waited for

    watcher = Thread(target=watch, name="alerts-limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
