"""The proxy of the chaos on loopback: it passes on, it cuts, it keeps silent, and it knows whom."""

import os
import socket
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import pytest

from bench.chaos.processes import family, owner_of
from bench.chaos.proxy import Proxy, ProxyNetwork

pytestmark = pytest.mark.contracts

PATIENCE = 10.0
MOMENT = 0.5
DIALS = """
import socket, sys
line = socket.create_connection(("127.0.0.1", int(sys.stdin.readline())))
sys.stdin.read()
"""


class Echo(socketserver.StreamRequestHandler):
    """Says again what it is told, line by line."""

    def handle(self) -> None:
        """Answer until the line is closed."""
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def owners() -> dict[int, str]:
    """Whose connections are which, by their local port; everybody else is nobody."""
    return {}


@pytest.fixture
def proxy(owners: dict[int, str]) -> Iterator[Proxy]:
    """Put a proxy before an echo."""
    with echo() as address, ProxyNetwork() as network:
        yield network.proxy(address, lambda port: owners.get(port, ""))


@contextmanager
def echo() -> Iterator[str]:
    """Run an echo, and say where."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def connect(proxy: Proxy, owners: dict[int, str] | None = None, name: str = "") -> socket.socket:
    """Connect, as somebody when a name is given."""
    line = socket.socket()
    line.settimeout(PATIENCE)
    line.bind(("127.0.0.1", 0))
    if owners is not None:
        owners[line.getsockname()[1]] = name
    line.connect(("127.0.0.1", proxy.port))
    return line


def says_again(line: socket.socket, text: bytes) -> bool:
    """Tell whether the echo answers; False when the connection is gone."""
    try:
        line.sendall(text + b"\n")
        return line.recv(1024) == text + b"\n"
    except ConnectionError:
        return False


def is_silent(line: socket.socket, text: bytes) -> bool:
    """Tell that nothing comes back for a moment, though the connection stands."""
    line.sendall(text + b"\n")
    line.settimeout(MOMENT)
    try:
        return line.recv(1024) is None
    except TimeoutError:
        return True
    finally:
        line.settimeout(PATIENCE)


def test_it_passes_on_what_it_gets(proxy: Proxy) -> None:
    """More than any buffer, too."""
    with connect(proxy) as line:
        assert says_again(line, b"hello")
        sender = Thread(target=line.sendall, args=(b"x" * 3_000_000 + b"\n",))
        sender.start()
        got = 0
        while got < 3_000_001:
            got += len(line.recv(65_536))
        sender.join()


def test_what_is_said_before_the_other_side_is_there_is_not_lost() -> None:
    """Whoever connects speaks at once; looking up who it is, and connecting onwards, takes its time."""

    def slowly(_port: int) -> str:
        sleep(MOMENT)
        return ""

    with echo() as address, ProxyNetwork() as network, connect(network.proxy(address, slowly)) as line:
        assert says_again(line, b"hello")


def test_who_is_cut_is_gone_and_stays_out_until_healed(proxy: Proxy, owners: dict[int, str]) -> None:
    """The others notice nothing."""
    with connect(proxy, owners, "store") as mine, connect(proxy, owners, "web") as other:
        assert says_again(mine, b"a")
        assert says_again(other, b"b")
        proxy.cut("store", "reset")
        assert not says_again(mine, b"c") or not says_again(mine, b"d")
        with connect(proxy, owners, "store") as again:
            assert not says_again(again, b"e")
        assert says_again(other, b"f")
    proxy.heal("store")
    with connect(proxy, owners, "store") as healed:
        assert says_again(healed, b"g")


def test_who_is_silenced_receives_the_rest_when_healed(proxy: Proxy, owners: dict[int, str]) -> None:
    """Connections stand all the time, new ones too, and no byte is missing."""
    with connect(proxy, owners, "store") as mine, connect(proxy, owners, "web") as other:
        assert says_again(mine, b"a")
        proxy.cut("store", "silence")
        assert says_again(other, b"b")
        assert is_silent(mine, b"c")
        with connect(proxy, owners, "store") as new:
            assert is_silent(new, b"d")
            proxy.heal("store")
            assert mine.recv(1024) == b"c\n"
            assert new.recv(1024) == b"d\n"


def test_a_reset_ends_what_there_is_and_lets_in_what_comes(proxy: Proxy) -> None:
    """In the middle of whatever it carries."""
    with connect(proxy) as line:
        assert says_again(line, b"a")
        proxy.reset()
        assert not says_again(line, b"b") or not says_again(line, b"c")
    with connect(proxy) as line:
        assert says_again(line, b"d")


def test_nobody_behind_it_is_an_end_of_the_connection() -> None:
    """As if it had been refused."""
    with socket.socket() as nobody, ProxyNetwork() as network:
        nobody.bind(("127.0.0.1", 0))
        with connect(network.proxy(f"127.0.0.1:{nobody.getsockname()[1]}")) as line:
            assert not says_again(line, b"a")


def test_a_worker_is_known_by_the_port_of_its_connection() -> None:
    """By its command line, as the supervisor starts it; anybody else is nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = [sys.executable, "-c", DIALS, "-m", "deploy", "run", "store"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, text=True) as worker:
            assert worker.stdin is not None
            worker.stdin.write(f"{server.getsockname()[1]}\n")
            worker.stdin.flush()
            line, (_, port) = server.accept()
            with line:
                assert owner_of(port) == "store"
                assert worker.pid in family(os.getpid())
                worker.stdin.close()
        with connect_to(server) as mine:
            assert owner_of(mine.getsockname()[1]) == ""


def connect_to(server: socket.socket) -> socket.socket:
    """Connect as nobody of ours."""
    return socket.create_connection(server.getsockname())
