"""Readiness probes, one per kind of service; each returns whether the service is ready."""

import socket
from pathlib import Path
from typing import Final

import psycopg

_PATIENCE: Final[float] = 1.0
_CONNECT: Final[int] = 0x10
_CONNACK: Final[int] = 0x20
_MQTT_5: Final[bytes] = b"\x00\x04MQTT\x05"
_CLEAN_WITH_PASSWORD: Final[bytes] = b"\xc2"


def broker_answers(port: int, user: str, password: str, *, client: str = "") -> bool:
    """Return whether an MQTT broker accepts a connection as a user; it ends another one with the same client id."""
    body = _MQTT_5 + _CLEAN_WITH_PASSWORD + b"\x00\x05" + b"\x00" + _text(client) + _text(user) + _text(password)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
            connection.sendall(bytes([_CONNECT, len(body)]) + body)
            answer = connection.recv(4)
            connection.sendall(b"\xe0\x00")
    except OSError:
        return False
    return answer[:1] == bytes([_CONNACK]) and answer[3:4] == b"\x00"


def database_answers(conninfo: str) -> bool:
    """Return whether the server answers and has TimescaleDB."""
    try:
        with psycopg.connect(conninfo, connect_timeout=2) as connection:
            query = "SELECT FROM pg_available_extensions WHERE name = 'timescaledb'"
            return connection.execute(query).fetchone() is not None
    except psycopg.OperationalError:
        return False


def listens(port: int) -> bool:
    """Return whether something listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def answers(address: str) -> bool:
    """Return whether something listens at host:port, and what stands behind it lives."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE) as connection:
            connection.sendall(b"GET /gezond/live HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def worker_is_ready(ready_file: Path) -> bool:
    """Return whether a worker has written its ready file and is alive."""
    try:
        pid = int(ready_file.read_text())
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # zombies have no command line
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return False


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2, "big") + text.encode()
