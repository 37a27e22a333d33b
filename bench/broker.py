"""Mosquitto's own client as a user of the local stack; the password is in a file, never in arguments."""

import os
import subprocess
from pathlib import Path
from typing import Final

from deploy.local import secrets
from deploy.local.simulator.messages import SimulatedMessage
from deploy.local.stack import Stack

_CLIENT: Final = "mosquitto_pub"
_USER: Final = "simulator"


class Client:
    """`mosquitto_pub` as the simulator."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        """Write its configuration into `folder`."""
        host, _, port = str(stack.settings().mqtt).rpartition(":")
        self._environment = {**os.environ, "XDG_CONFIG_HOME": str(folder)}
        lines = ("-V 5", f"-h {host}", f"-p {port}", f"-u {_USER}", f"-P {secrets.of_mqtt(stack.layout)[_USER]}")
        secrets.write(folder / _CLIENT, "\n".join(lines) + "\n")

    def publish(self, message: SimulatedMessage) -> None:
        """Publish one message at QoS 1 and wait for its acknowledgement."""
        command = [_CLIENT, "-q", "1", "-t", message.topic, "-m", message.payload.decode()]
        subprocess.run(command, env=self._environment, check=True, capture_output=True)
