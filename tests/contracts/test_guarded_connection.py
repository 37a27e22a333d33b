"""A connection by itself: who does not read the answer holds it no longer than he may."""

import socket
import time
from typing import Final

import pytest
from starlette.types import Receive, Scope, Send

from opendata.guards.connection import ConnectionLimits
from tests.contracts.doors import listen, speak
from tests.opendata import city
from tests.services import wait_until

pytestmark = pytest.mark.contracts

PART: Final = b"a" * 65_536
PARTS: Final = 1_000
HEAD: Final = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Flowing:
    """An app that sends 64 MB, and notes how it ended."""

    def __init__(self) -> None:
        self.sent, self.over = 0, False

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send as fast as somebody reads."""
        if scope["type"] == "lifespan":
            return
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(PARTS):
                await send({"type": "http.response.body", "body": PART, "more_body": True})
                self.sent += 1
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.over = True


def test_an_answer_that_nobody_reads_ends() -> None:
    """Its memory is bounded meanwhile, and somebody else is answered whole."""
    app, listening = Flowing(), socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    with city.served_by(app, [listening], ConnectionLimits(read_seconds=1.0)):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as lazy:
            lazy.sendall(HEAD)
            time.sleep(0.5)
            assert app.sent < PARTS
            wait_until(lambda: app.over, "the answer that nobody reads is over", patience=30)
            assert listen(lazy, 5).closed
        whole = speak(port, HEAD, quiet=20)
        assert (whole.status, whole.closed) == (200, True)
        assert whole.content.count(b"a") >= PARTS * len(PART)


def test_there_are_no_more_connections_than_may_be() -> None:
    """Who comes when all are taken is let go at once; over a Unix socket as well."""
    app, listening = Flowing(), socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    with city.served_by(app, [listening], ConnectionLimits(connections=3)):
        held = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(3)]
        time.sleep(0.3)
        assert speak(port, HEAD, quiet=5).content == b""
        for one in held:
            one.close()
        wait_until(lambda: speak(port, HEAD, quiet=1).content != b"", "there is room again")


def test_who_reads_slowly_is_answered_to_the_end() -> None:
    """A little in each of the times that a connection without a reader has."""
    app, listening = Flowing(), socket.create_server(("127.0.0.1", 0))
    with city.served_by(app, [listening], ConnectionLimits(read_seconds=1.0)):
        with socket.create_connection(("127.0.0.1", listening.getsockname()[1]), timeout=20) as slow:
            slow.sendall(HEAD)
            for _ in range(8):
                assert slow.recv(100_000)
                time.sleep(0.5)
            rest = listen(slow, 20)
        assert rest.closed
        assert app.sent == PARTS
