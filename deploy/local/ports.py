"""The block of ports of the local stack: chosen together, moved together, stored."""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from schemas.failures import ServiceMissingError

_BLOCK: Final[int] = 20
_TRIES: Final[int] = 20
_PROCESSES: Final[int] = 11
LOOPBACK: Final[str] = "127.0.0.1"


class PortsTakenError(ServiceMissingError):
    """No block of ports is free near the wanted one; set DOORFIETS_PORT_BASE to another one."""


@dataclass(frozen=True)
class Ports:
    """The ports of one stack."""

    web: int
    mqtt: int
    kafka: int
    kafka_controller: int
    postgres: int
    metrics: int
    """The first of the ports for the metrics of our own processes, in the order of `deploy.run.PROCESSES`."""
    sensors_with_password: int
    """The broker's listener for sensors with a password."""
    sensors: int
    """The broker's listener for sensors with a certificate."""
    console: int
    intake: int

    @classmethod
    def block(cls, base: int) -> "Ports":
        """Return the block that starts at a port."""
        return cls(base, base + 1, base + 2, base + 3, base + 4, base + 5, base + 16, base + 17, base + 18, base + 19)

    def are_free(self) -> bool:
        """Return whether nothing listens on any of them."""
        return all(_is_free(port) for port in {*asdict(self).values(), *range(self.metrics, self.metrics + _PROCESSES)})


def choose(base: int, stored: Path) -> Ports:
    """Choose the block used before when it is free, else the first free one from `base`, and store the choice."""
    before = recall(stored)
    blocks = [before] if before and before.web % _BLOCK == base % _BLOCK and before.web >= base else []
    blocks += [Ports.block(base + shift * _BLOCK) for shift in range(_TRIES)]
    for ports in blocks:
        if ports.are_free():
            stored.write_text(json.dumps(asdict(ports)) + "\n")
            return ports
    raise PortsTakenError(f"no free block of ports from {base} to {base + _TRIES * _BLOCK}; set DOORFIETS_PORT_BASE")


def recall(stored: Path) -> Ports | None:
    """Return the block that was chosen before; None where none was."""
    try:
        return Ports(**json.loads(stored.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
