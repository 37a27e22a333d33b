"""Brokers of a test's own: the shipped configuration, whole or changed, on a free port, with certificates."""

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local import mosquitto, probes, secrets
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK
from deploy.local.simulator.settings import Broker
from deploy.settings import ROOT

SHIPPED = ROOT / "deploy" / "mosquitto"


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


def version() -> tuple[int, ...]:
    """Tell which Mosquitto is installed."""
    said = subprocess.run([mosquitto.program("mosquitto"), "-h"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)\.(\d+)\.(\d+)", said)
    assert found is not None, said
    return tuple(map(int, found.groups()))


@contextmanager
def broker(home: Path, change: Callable[[Layout], None] = lambda _: None) -> Iterator[Broker]:
    """Run the shipped broker of our own services after `change` has had its files; answer it, for user `bridge`."""
    layout, port = Layout(home), free_port()
    layout.make()
    secrets.make(layout)
    mosquitto.prepare(layout, port)
    change(layout)
    password = secrets.of_mqtt(layout)["bridge"]
    log = layout.log("mosquitto")
    with log.open("w") as said, subprocess.Popen(mosquitto.command(layout), stderr=said) as process:
        try:
            until = time.monotonic() + 30
            while not probes.broker_answers(port, "bridge", password):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, "the broker does not answer"
                time.sleep(0.05)
            yield Broker(host=LOOPBACK, port=port, user="bridge", password=password)
        finally:
            process.kill()


def configured(layout: Layout, old: str, new: str) -> None:
    """Replace a line of a broker's configuration."""
    _replace(layout.etc / "mosquitto.conf", old, new)


def allowed(layout: Layout, old: str, new: str) -> None:
    """Replace a line of a broker's rights."""
    _replace(layout.etc / "mosquitto.acl", old, new)


def listen_to_sensors(layout: Layout, certificates: Path, port: int) -> None:
    """Add the shipped listener for sensors, with the paths filled in."""
    text = (SHIPPED / "sensors.conf").read_text().replace("/etc/doorfiets/mosquitto", str(certificates))
    text = text.replace("listener 8883", f"listener {port} {LOOPBACK}")
    with (layout.etc / "mosquitto.conf").open("a") as file:
        file.write(text.replace("listener 8884", f"listener {free_port()} {LOOPBACK}"))


def certify(folder: Path, names: Sequence[str]) -> None:
    """Make an authority with an empty list of revocations, a server of it, and a client of each name."""
    folder.mkdir()
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={folder}/index.txt\ndefault_md=sha256\n")
    _openssl("req", "-x509", *_new(folder, "ca"), "-subj", "/CN=test authority", "-days", "2")
    of_ca = ["-cert", f"{folder}/ca.crt", "-keyfile", f"{folder}/ca.key", "-crldays", "2"]
    _openssl("ca", "-gencrl", "-config", f"{folder}/ca.cnf", *of_ca, "-out", f"{folder}/ca.crl")
    for name in ("server", *names):
        by_ca = ["-CA", f"{folder}/ca.crt", "-CAkey", f"{folder}/ca.key", "-addext", f"subjectAltName=IP:{LOOPBACK}"]
        _openssl("req", "-x509", *_new(folder, name), "-subj", f"/CN={name}", "-days", "2", *by_ca)


def _new(folder: Path, name: str) -> list[str]:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{folder}/{name}.key"]
    return [*key, "-out", f"{folder}/{name}.crt"]


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new))
