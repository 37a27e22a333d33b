"""The local Mosquitto: its configuration, its users and how it is started."""

import os
import pwd
import shutil
from pathlib import Path
from string import Template
from typing import Final

from deploy.device_credentials import credentials_of
from deploy.local import secrets
from deploy.local.command import run
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK
from deploy.settings import ROOT
from schemas.failures import ServiceMissingError

_SOURCE: Final = ROOT / "deploy" / "mosquitto"
_PATH: Final = f"{os.defpath}:/usr/sbin:/sbin:/usr/local/sbin"


class BrokerMissingError(ServiceMissingError):
    """Mosquitto is not installed; run deploy/local/bootstrap."""


def prepare(layout: Layout, port: int, sensors: tuple[int, int] | None = None) -> None:
    """Write configuration, rights and hashed passwords; with ports for `sensors`, their listeners too.

    The first of them is for sensors with a certificate, the second for those with a password.
    """
    data, acl = layout.data / "mosquitto", layout.etc / "mosquitto.acl"
    data.mkdir(mode=0o700, exist_ok=True)
    data.chmod(0o700)
    shutil.copy(_SOURCE / "access.acl", acl)
    acl.chmod(0o600)
    passwords = write_passwords(layout)
    me = pwd.getpwuid(os.geteuid()).pw_name
    text = Template((_SOURCE / "local.conf").read_text())
    (layout.etc / "mosquitto.conf").write_text(
        text.substitute(user=me, data=data, port=port, passwords=passwords, acl=acl)
        + (_listeners(layout, *sensors) if sensors else "")
    )


def write_passwords(layout: Layout) -> Path:
    """Write the password file: our own services, hashed, and the devices that have a password.

    Nobody changes the list of devices meanwhile: two who write at once leave what the later one has read.
    """
    passwords, given = layout.etc / "mosquitto.passwd", credentials_of(layout)
    new = passwords.with_suffix(".new")
    with given.alone():
        secrets.write(new, "".join(f"{user}:{password}\n" for user, password in secrets.of_mqtt(layout).items()))
        run([program("mosquitto_passwd"), "-U", str(new)])
        secrets.write(new, new.read_text() + given.password_lines())
        new.replace(passwords)
    return passwords


def _listeners(layout: Layout, with_certificate: int, with_password: int) -> str:
    """Return the shipped listeners for sensors, on loopback, with the certificates of this stack's own authority."""
    credentials_of(layout).prepare()
    text = (_SOURCE / "sensors.conf").read_text().replace("/etc/doorfiets/mosquitto", str(layout.authority))
    text = text.replace("listener 8883", f"listener {with_certificate} {LOOPBACK}")
    return "\n" + text.replace("listener 8884", f"listener {with_password} {LOOPBACK}")


def command(layout: Layout) -> list[str]:
    """Return the command that starts the broker."""
    return [program("mosquitto"), "-c", str(layout.etc / "mosquitto.conf")]


def program(name: str) -> str:
    """Return the path of a program of Mosquitto; raise BrokerMissingError when it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_PATH}")
    if found is None:
        raise BrokerMissingError(f"{name} is not installed here; run deploy/local/bootstrap")
    return found
