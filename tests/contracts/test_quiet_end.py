"""A process that ends, however it ends, says nothing of the MQTT client that it leaves behind."""

import subprocess
import sys
from typing import Final

import pytest

pytestmark = pytest.mark.contracts

PROCESS: Final = """
import socket, uvloop
from ingest.bridge.listener import Listener

loop = uvloop.new_event_loop()
ours, theirs = socket.socketpair()
listener = Listener("quiet", print)
listener.on_socket_close = lambda _client, _data, wire: loop.remove_reader(wire)
listener._sock = ours
loop.add_reader(ours, print)
half = Listener.__new__(Listener)
loop.close()
{end}
"""


@pytest.mark.parametrize(("end", "last"), [("", ""), ("raise SystemExit(75)", ""), ("1 / 0", "ZeroDivisionError")])
def test_a_client_that_is_left_behind_says_nothing(end: str, last: str) -> None:
    """Connected while the loop of its process is closed, and one that was never made whole."""
    done = subprocess.run(
        [sys.executable, "-c", PROCESS.format(end=end)], capture_output=True, text=True, timeout=120, check=False
    )
    assert "__del__" not in done.stderr, done.stderr
    assert last in done.stderr
    assert bool(done.stderr) == bool(last)
