"""The environment of a chaos experiment: brokers in one stack, workers in another, a proxy before each broker."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.chaos import registry
from bench.chaos.disk import Disk
from bench.chaos.faults import BROKERS, WORKERS
from bench.chaos.processes import owner_of
from bench.chaos.proxy import Proxy, ProxyNetwork
from deploy.device_credentials import credentials_of
from deploy.local import mosquitto, secrets
from deploy.local.ports import LOOPBACK
from deploy.local.screen import watching
from deploy.local.simulator.settings import Broker
from deploy.local.stack import Stack
from deploy.settings import Settings, read

_PORT_BASE: Final = 19_800
_USER: Final = "simulator"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A running platform, the proxies between its parts, a folder for its state and one for the record of the run."""

    brokers: Stack
    workers: Stack
    network: ProxyNetwork
    proxies: dict[str, Proxy]  # by the service behind it
    disk: Disk
    notes: Path

    def stack_of(self, service: str) -> Stack:
        """Return the stack that runs a service."""
        return self.workers if service in WORKERS else self.brokers

    def pid(self, service: str) -> int | None:
        """Return the process id of a service; None while it does not run, or its supervisor does not answer."""
        try:
            return self.stack_of(service).pid(service)
        except (OSError, KeyError):
            return None

    @property
    def stands(self) -> bool:
        """Return whether both supervisors answer; without them no service is started again."""
        return self.brokers.runs() and self.workers.runs()

    def sensors(self) -> tuple[Broker, Proxy]:
        """Return a proxy before the broker for one publisher."""
        proxy = self.network.proxy(str(self.brokers.settings().mqtt))
        return self.broker(proxy.port), proxy

    def broker(self, port: int | None = None) -> Broker:
        """Return the broker for sensors: at its own address, or at a port of a proxy."""
        straight = int(str(self.brokers.settings().mqtt).rpartition(":")[2])
        password = secrets.of_mqtt(self.brokers.layout)[_USER]
        return Broker(host=LOOPBACK, port=port or straight, user=_USER, password=password)

    def give_passwords(self, sensors: Sequence[str], folder: Path) -> None:
        """Give devices passwords at the broker, each in a folder of its own."""
        credentials = credentials_of(self.brokers.layout)
        for one in sensors:
            credentials.give_password(one, folder / one, "")
        mosquitto.write_passwords(self.brokers.layout)
        if pid := self.pid("mosquitto"):
            os.kill(pid, signal.SIGHUP)

    @property
    def database(self) -> str:
        """Return the connection string for the judge: as a superuser, without a proxy."""
        return f"{self.brokers.settings().postgres} user={secrets.SUPERUSER}"

    @property
    def log(self) -> str:
        """Return the address of Kafka for the judge, without a proxy."""
        return self.proxies["kafka"].address

    @property
    def seal_keys(self) -> Path:
        """Return the folder of the keys with which the bridge seals what cannot be parsed."""
        return self.workers.layout.seal_keys

    @property
    def site(self) -> str:
        """Return the address of the public site."""
        return str(self.workers.settings().public_url)


@contextmanager
def environment(devices: list[registry.LoadDevice], *, full: bool, leave: bool) -> Iterator[Environment]:
    """Start everything in folders of its own, and stop it afterwards; the folders are deleted unless `leave` is set.

    `full` puts the state on a disk of its own, where one can be mounted, so that it can be filled.
    """
    folder = Path(tempfile.mkdtemp(prefix="doorfiets-chaos-"))
    folder.chmod(0o711)  # the database's own user passes through
    with ExitStack() as later:
        if not leave:
            later.callback(shutil.rmtree, folder, ignore_errors=True)
        disk = later.enter_context(Disk(folder / "state", wanted=full, leave=leave))
        files = registry.write(folder / "registry", devices)
        network = later.enter_context(ProxyNetwork())
        with watching() as watch:
            settings = read({"DOORFIETS_HOME": str(disk.folder / "brokers"), "DOORFIETS_PORT_BASE": str(_PORT_BASE)})
            brokers = Stack(settings)
            later.callback(brokers.stop)
            brokers.start(only=(*BROKERS, "schema", "topics"), watch=watch)
            proxies = _proxies(brokers, network)
            workers = Stack(_settings(brokers, proxies, disk.folder / "workers", files))
            later.callback(workers.stop)
            workers.start(watch=watch)
        yield Environment(
            brokers=brokers, workers=workers, network=network, proxies=proxies, disk=disk, notes=_made(folder / "notes")
        )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _proxies(brokers: Stack, network: ProxyNetwork) -> dict[str, Proxy]:
    """Put a proxy before each broker; Kafka has to advertise the address of its own."""
    there = brokers.settings()
    port = conninfo_to_dict(str(there.postgres))["port"]
    proxies = {
        "mosquitto": network.proxy(str(there.mqtt), lambda _: "bridge"),  # and of `receipts`: what cuts one cuts both
        "postgres": network.proxy(f"{LOOPBACK}:{port}", owner_of),
        "kafka": network.proxy(str(there.kafka), owner_of),
    }
    properties = brokers.layout.etc / "kafka.properties"
    before = f"advertised.listeners=BROKER://{there.kafka}"
    properties.write_text(
        properties.read_text().replace(before, f"advertised.listeners=BROKER://{proxies['kafka'].address}")
    )
    brokers.restart("kafka")
    return proxies


def _settings(brokers: Stack, proxies: dict[str, Proxy], home: Path, files: Path) -> Settings:
    there = brokers.settings()
    conninfo = make_conninfo(str(there.postgres), port=proxies["postgres"].port)
    return read(
        {
            "DOORFIETS_HOME": str(home),
            "DOORFIETS_PORT_BASE": str(_PORT_BASE + 100),
            "DOORFIETS_REGISTRY": str(files),
            "DOORFIETS_KAFKA": proxies["kafka"].address,
            "DOORFIETS_MQTT": proxies["mosquitto"].address,
            "DOORFIETS_MQTT_PASSWORD_FILE": str(there.mqtt_password_file),
            "DOORFIETS_MQTT_RECEIPTS_PASSWORD_FILE": str(there.mqtt_receipts_password_file),
            "DOORFIETS_POSTGRES": conninfo,
        }
    )
