"""The proxy before the local site: nginx, where it is installed, with the shipped limits."""

import os
import pwd
import shutil
import stat
from pathlib import Path
from string import Template
from typing import Final

from deploy.local.layout import Layout
from deploy.settings import ROOT, Settings
from schemas.failures import ServiceMissingError

NGINX: Final = "nginx"
NONE: Final = "none"
_SOURCE: Final = ROOT / "deploy" / "nginx"
_PATH: Final = f"{os.defpath}:/usr/sbin:/sbin:/usr/local/sbin"
_WORKER: Final = "www-data"
"""As whom the workers of nginx run where it is started by root; there is such a user on every Debian."""


class ProxyMissingError(ServiceMissingError):
    """nginx is not installed; run deploy/local/bootstrap --tests, or set DOORFIETS_PROXY=none."""


def program() -> str | None:
    """Return the path of nginx; None where it is not installed."""
    return shutil.which(NGINX, path=f"{os.environ.get('PATH', '')}:{_PATH}")


def chosen(settings: Settings) -> str:
    """Return what stands before the site of a local stack: what the setting says, else nginx where it is installed."""
    return settings.proxy or (NGINX if program() else NONE)


def stands_before(settings: Settings) -> bool:
    """Return whether the web processes of these settings are reached through the proxy only."""
    return settings.proxy == NGINX


def prepare(layout: Layout, listen: str, processes: int) -> None:
    """Write the configuration, with the sockets of so many web processes."""
    data, etc = layout.data / NGINX, layout.etc / NGINX
    for folder in (data, etc):
        folder.mkdir(mode=0o700, exist_ok=True)
    for source in _SOURCE.glob("*.conf"):
        shutil.copy(source, etc)
    numbers = range(1, processes + 1)
    sockets = "\n".join(f"        server unix:{layout.web_socket(number)} max_fails=0;" for number in numbers)
    values = {
        "user": f"user {_worker(layout.run)};" if os.geteuid() == 0 else "",
        "pid": layout.run / "nginx.pid",
        "data": data,
        "listen": listen,
        "sockets": sockets,
    }
    _configuration(layout).write_text(Template((_SOURCE / "local.conf").read_text()).substitute(values))


def command(layout: Layout) -> list[str]:
    """Return the command that starts nginx in the foreground; raise ProxyMissingError where it is not installed."""
    found = program()
    if found is None:
        raise ProxyMissingError("nginx is not installed here; run deploy/local/bootstrap, or set DOORFIETS_PROXY=none")
    return [found, "-e", "stderr", "-p", str(layout.data / NGINX), "-c", str(_configuration(layout))]


def _configuration(layout: Layout) -> Path:
    return layout.etc / NGINX / "nginx.conf"


def open_socket(path: Path) -> None:
    """Let nobody use a socket but this user, and the workers of a proxy that root has started."""
    path.chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(path, _worker(path.parent))


def _worker(folder: Path) -> str:
    """Return the user of the workers of a proxy that root has started: one who may reach the sockets in a folder.

    Where nobody but root may, as in a home of root's own, the workers are root's, as the web processes behind them are.
    """
    try:
        known = pwd.getpwnam(_WORKER).pw_name
    except KeyError:
        known = "nobody"
    found = folder.resolve()
    passable = all(one.stat().st_mode & stat.S_IXOTH for one in (found, *found.parents))
    return known if passable else pwd.getpwuid(os.geteuid()).pw_name
