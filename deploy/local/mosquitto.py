"""The local Mosquitto: its configuration, its users and how it is started."""

import os
import pwd
import shutil
from string import Template
from typing import Final

from deploy.local import secrets
from deploy.local.command import run
from deploy.local.layout import Layout
from deploy.settings import ROOT
from schemas.failures import ServiceMissingError

_SOURCE: Final = ROOT / "deploy" / "mosquitto"
_PATH: Final = f"{os.defpath}:/usr/sbin:/sbin:/usr/local/sbin"


class BrokerMissingError(ServiceMissingError):
    """Mosquitto is not installed; run deploy/local/bootstrap."""


def prepare(layout: Layout, port: int) -> None:
    """Write configuration, rights and hashed passwords."""
    data, passwords, acl = layout.data / "mosquitto", layout.etc / "mosquitto.passwd", layout.etc / "mosquitto.acl"
    data.mkdir(mode=0o700, exist_ok=True)
    data.chmod(0o700)
    shutil.copy(_SOURCE / "access.acl", acl)
    acl.chmod(0o600)
    secrets.write(passwords, "".join(f"{user}:{password}\n" for user, password in secrets.of_mqtt(layout).items()))
    run([program("mosquitto_passwd"), "-U", str(passwords)])
    me = pwd.getpwuid(os.geteuid()).pw_name
    text = Template((_SOURCE / "local.conf").read_text())
    (layout.etc / "mosquitto.conf").write_text(
        text.substitute(user=me, data=data, port=port, passwords=passwords, acl=acl)
    )


def command(layout: Layout) -> list[str]:
    """Return the command that starts the broker."""
    return [program("mosquitto"), "-c", str(layout.etc / "mosquitto.conf")]


def program(name: str) -> str:
    """Return the path of a program of Mosquitto; raise BrokerMissingError when it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_PATH}")
    if found is None:
        raise BrokerMissingError(f"{name} is not installed here; run deploy/local/bootstrap")
    return found
