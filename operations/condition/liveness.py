"""Whether a web process lives, asked on its own socket; imports nothing that takes time."""

import socket
from contextlib import suppress
from pathlib import Path


def lives(path: Path, patience: float) -> bool:
    """Return whether a web process answers on its socket within so many seconds."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(patience)
        connection.connect(str(path))
        connection.sendall(b"GET /gezond/live HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")
        return connection.recv(12) == b"HTTP/1.1 200"
    return False
