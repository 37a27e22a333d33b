"""Is it really ready? One question per kind of service; the answer is yes or not yet."""

import socket
from pathlib import Path
from typing import Final

import psycopg

_PATIENCE: Final[float] = 1.0
_CONNECT: Final[int] = 0x10
_CONNACK: Final[int] = 0x20
_MQTT_5: Final[bytes] = b"\x00\x04MQTT\x05"
_CLEAN_WITH_PASSWORD: Final[bytes] = b"\xc2"


def broker_answers(port: int, user: str, password: str) -> bool:
    """Connect to an MQTT broker as a user, and see whether it says welcome."""
    body = _MQTT_5 + _CLEAN_WITH_PASSWORD + b"\x00\x05" + b"\x00" + _text("") + _text(user) + _text(password)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
            connection.sendall(bytes([_CONNECT, len(body)]) + body)
            answer = connection.recv(4)
            connection.sendall(b"\xe0\x00")
    except OSError:
        return False
    return answer[:1] == bytes([_CONNACK]) and answer[3:4] == b"\x00"


def database_answers(conninfo: str) -> bool:
    """Ask the server for TimescaleDB."""
    try:
        with psycopg.connect(conninfo, connect_timeout=2) as connection:
            query = "SELECT FROM pg_available_extensions WHERE name = 'timescaledb'"
            return connection.execute(query).fetchone() is not None
    except psycopg.OperationalError:
        return False


def listens(port: int) -> bool:
    """See whether somebody listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def worker_is_ready(ready_file: Path) -> bool:
    """See whether a worker wrote that it is ready, and is still alive."""
    try:
        pid = int(ready_file.read_text())
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # the dead who wait to be buried have none
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return False


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2, "big") + text.encode()
