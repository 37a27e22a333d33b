"""The local Kafka: one KRaft broker from Maven artifacts, formatted once."""

from pathlib import Path
from string import Template
from typing import Final
from uuid import uuid4

from deploy.local.command import make
from deploy.local.layout import Layout
from deploy.local.ports import Ports
from deploy.settings import PARTS, ROOT
from schemas.failures import ServiceMissingError

_TEMPLATE: Final = ROOT / "deploy" / "kafka" / "server.properties"
_JAVA: Final = ("java", "-Xms128m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOGGING: Final = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")


class JarsMissingError(ServiceMissingError):
    """Kafka's jars are not there; run deploy/local/bootstrap."""


def prepare(layout: Layout, ports: Ports) -> None:
    """Write the configuration, and format the log folder when it is new."""
    if not any(_libs().glob("kafka_*.jar")):
        raise JarsMissingError(f"no Kafka in {_libs()}; run deploy/local/bootstrap")
    data = _folder(layout)
    data.mkdir(mode=0o700, exist_ok=True)
    data.chmod(0o700)
    text = Template(_TEMPLATE.read_text())
    _properties(layout).write_text(text.substitute(port=ports.kafka, controller_port=ports.kafka_controller, data=data))
    if not (data / "meta.properties").exists():
        _format(layout)


def command(layout: Layout) -> list[str]:
    """Return the command that starts the broker."""
    return _java("kafka.Kafka", str(_properties(layout)))


def _format(layout: Layout) -> None:
    identity = ["-t", str(uuid4()), "-c", str(_properties(layout))]
    make(_folder(layout), _java("kafka.tools.StorageTool", "format", "--standalone", *identity))


def _java(*arguments: str) -> list[str]:
    return [*_JAVA, *_LOGGING, "-cp", f"{_libs()}/*", *arguments]


def _folder(layout: Layout) -> Path:
    return layout.data / "kafka"


def _properties(layout: Layout) -> Path:
    return layout.etc / "kafka.properties"


def _libs() -> Path:
    return PARTS / "kafka" / "libs"
