"""What commands about devices do beside making credentials: the broker of the local stack reads them anew."""

import os
import signal
from contextlib import suppress
from typing import Any, Final

from deploy.broker_access import rights_of
from deploy.device_credentials import credentials_of
from deploy.local import mosquitto, probes, secrets
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK, Ports, recall
from deploy.local.stack import Stack
from deploy.settings import read
from ingest.clock import system_time


def layout_here() -> Layout:
    """Return the state folder that the environment names, with its folders."""
    layout = Layout(read(os.environ).home)
    layout.make()
    return layout


def address(*, password: bool) -> str:
    """Return where devices reach the broker of the local stack: those with a password have a listener of their own."""
    ports = _ports()
    return f"{LOOPBACK}:{ports.sensors_with_password if password else ports.sensors}"


def given_rights(sensor: str) -> str:
    """Return the rights of one device, a line each."""
    return "\n".join(f"  {right} {topic}" for right, topic in rights_of(sensor))


def listed(layout: Layout) -> list[dict[str, Any]]:
    """Return all credentials, those that end first at the top."""
    now = system_time()
    rows = [
        {
            "sensor": one.sensor,
            "kind": one.kind,
            "state": one.state(now),
            "issued_at": one.issued_at.isoformat(timespec="seconds"),
            "expires_at": one.expires_at.isoformat(timespec="seconds") if one.expires_at else None,
            "days_left": (one.expires_at - now).days if one.expires_at else None,
        }
        for one in credentials_of(layout).issued
    ]
    return sorted(rows, key=lambda row: (row["state"] != "valid", row["days_left"] or 0, row["sensor"]))


NOT_HERE: Final = (
    "No broker of a local stack runs here: one of your own has it once it has the files of the authority, the lines of "
    "devices in its password file, and SIGHUP (docs/howto/edge.md)."
)


def broker_reads_anew(layout: Layout) -> bool:
    """Let the broker of a running local stack read passwords and revocations again; return whether there is one.

    Raises OSError where its files cannot be written.
    """
    stack = Stack(read(os.environ))
    if not stack.runs() or (pid := stack.pid("mosquitto")) is None:
        return False
    mosquitto.write_passwords(layout)
    with suppress(ProcessLookupError):  # one that starts reads them anyway
        os.kill(pid, signal.SIGHUP)
    return True


def hang_up(sensor: str) -> None:
    """End the connection that a device has at the broker of the local stack, by taking its client id over."""
    layout = Layout(read(os.environ).home)
    if layout.password("receipts").exists():
        password = secrets.of_mqtt(layout)["receipts"]
        probes.broker_answers(_ports().mqtt, "receipts", password, client=sensor)


def _ports() -> Ports:
    settings = read(os.environ)
    return recall(Layout(settings.home).ports) or Ports.block(settings.port_base)
