"""What a sensor of ours says of a broker that does not let it in."""

import socket
from pathlib import Path
from threading import Thread

import pytest

from deploy.local.ports import LOOPBACK
from ingest.edge import EdgeSettings
from ingest.edge.connection import EdgeConnection

pytestmark = pytest.mark.contracts


def test_a_broker_that_ends_the_connection_at_once_is_told_with_what_to_look_at(tmp_path: Path) -> None:
    """As one does with a certificate that has ended: TLS 1.3 tells the reason only after the connection stands."""
    with socket.create_server((LOOPBACK, 0)) as server:
        Thread(target=_end_one, args=(server,), daemon=True).start()
        broker = f"{LOOPBACK}:{server.getsockname()[1]}"
        settings = EdgeSettings(sensor="gate-1", spool=tmp_path / "spool", broker=broker)
        connection = EdgeConnection(settings, lambda _topic, _payload: None, lambda: None)
        while connection.problem is None:
            connection.turn(0.05)
        connection.close()
    assert "before it let gate-1 in" in connection.problem
    assert "certificate" in connection.problem


def test_what_is_said_is_what_is_wrong_now(tmp_path: Path) -> None:
    """A broker that was down, and is there again and lets nobody in: the first reason is over."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    settings = EdgeSettings(sensor="gate-1", spool=tmp_path / "spool", broker=f"{LOOPBACK}:{port}")
    connection = EdgeConnection(settings, lambda _topic, _payload: None, lambda: None)
    while connection.problem is None:
        connection.turn(0.05)
    assert "refused" in connection.problem
    with socket.create_server((LOOPBACK, port)) as server:
        Thread(target=_end_one, args=(server,), daemon=True).start()
        while "refused" in (connection.problem or "refused"):
            connection.turn(0.05)
        connection.close()
    assert "certificate" in connection.problem


def _end_one(server: socket.socket) -> None:
    server.accept()[0].close()
