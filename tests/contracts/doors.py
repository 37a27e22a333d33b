"""The two ways into a site: straight to a web process, and through nginx as the local stack configures it."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from deploy.local import probes, proxy
from deploy.local.layout import Layout
from tests.contracts.brokers import free_port
from tests.services import wait_until

_PATIENCE: Final = 20.0


class Spoken(NamedTuple):
    """What came back over a connection: all bytes, and whether the other side ended it."""

    content: bytes
    closed: bool

    @property
    def statuses(self) -> list[int]:
        """Return the statuses of all answers."""
        return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) [^\r]*\r\n", self.content)]

    @property
    def status(self) -> int | None:
        """Return the status of the only answer; None where it was closed without one."""
        statuses = self.statuses
        assert len(statuses) <= 1, self.content[:2_000]
        return statuses[0] if statuses else None


def speak(port: int, *parts: bytes, pause: float = 0.0, quiet: float = 1.0, family: str = "127.0.0.1") -> Spoken:
    """Send bytes as they are, and read until the other side ends the connection or says nothing for a while."""
    with socket.create_connection((family, port), timeout=_PATIENCE) as connection:
        with suppress(OSError):  # who is refused early is not read to the end
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        return listen(connection, quiet)


def listen(connection: socket.socket, quiet: float = 1.0) -> Spoken:
    """Read until the other side ends the connection, or says nothing for some seconds."""
    content = bytearray()
    connection.settimeout(quiet)
    while True:
        try:
            part = connection.recv(65_536)
        except TimeoutError:
            return Spoken(bytes(content), closed=False)
        except OSError:
            return Spoken(bytes(content), closed=True)
        if not part:
            return Spoken(bytes(content), closed=True)
        content += part


@contextmanager
def through_nginx(home: Path, *, processes: int = 1, seconds: int = 10) -> Iterator[int]:
    """Run nginx before the sockets of web processes of a home; yields its port. Heads may take so many seconds."""
    layout, port = Layout(home), free_port()
    layout.make()
    proxy.prepare(layout, f"127.0.0.1:{port}", processes)
    guards = layout.etc / "nginx" / "guards.conf"
    guards.write_text(guards.read_text().replace("header_timeout 10s", f"header_timeout {seconds}s"))
    with (home / "nginx.log").open("wb") as log, subprocess.Popen(proxy.command(layout), stderr=log) as running:
        try:
            wait_until(lambda: probes.listens(port), "nginx listens", patience=30)
            yield port
        finally:
            running.terminate()


@contextmanager
def short_home() -> Iterator[Path]:
    """Make a folder whose sockets have room for their names, and where nginx's workers find them."""
    with TemporaryDirectory(prefix="doors-") as name:
        home = Path(name)
        home.chmod(0o711)
        yield home
