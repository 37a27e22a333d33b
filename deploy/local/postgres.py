"""The local PostgreSQL: its server, its cluster and its command; as root it is run as another user."""

import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo

from deploy.local import secrets
from deploy.local.command import make
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK
from deploy.settings import ROOT
from schemas.failures import ServiceMissingError

DATABASE: Final[str] = "doorfiets"
_CONFIGURATION: Final = ROOT / "deploy" / "local" / "postgresql"
_SERVERS: Final = Path("/usr/lib/postgresql")


class ServerMissingError(ServiceMissingError):
    """No PostgreSQL with TimescaleDB is installed; run deploy/local/bootstrap."""


def conninfo(layout: Layout, port: int, *, database: str = DATABASE) -> str:
    """Return the connection string of the local server, without the user."""
    return make_conninfo(host=LOOPBACK, port=port, dbname=database, passfile=str(layout.pgpass))


def prepare(layout: Layout) -> None:
    """Make the cluster when there is none yet, and write the configuration."""
    data = _folder(layout)
    if not (data / "PG_VERSION").exists():
        _initialise(layout, data)
    for name in ("postgresql.conf", "pg_hba.conf"):
        shutil.copy(_CONFIGURATION / name, data / name)
        _give(data / name)


def command(layout: Layout, port: int) -> list[str]:
    """Return the command that starts the server."""
    step_down = _stepping_down(layout)
    if step_down:
        step_down = [
            *step_down,
            "--pdeathsig=INT",
        ]  # changing users clears the parent-death signal of the supervisor's child
    return [*step_down, str(_server() / "postgres"), "-D", str(_folder(layout)), "-p", str(port)]


def _folder(layout: Layout) -> Path:
    return layout.data / "postgres"


def _initialise(layout: Layout, data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    _give(data)
    password = layout.etc / "postgres.password"
    secrets.write(password, secrets.of_roles(layout.pgpass)[secrets.SUPERUSER])
    _give(password)
    try:
        _initdb(layout, data, password)
    finally:
        password.unlink()


def _initdb(layout: Layout, data: Path, password: Path) -> None:
    login = ["--auth=scram-sha-256", f"--username={secrets.SUPERUSER}", f"--pwfile={password}"]
    storage = [
        "--data-checksums",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--lc-collate=C",
    ]  # the same collation, faster
    make(data, [*_stepping_down(layout), str(_server() / "initdb"), "-D", str(data), *login, *storage])


def _server() -> Path:
    """Return the newest server that has TimescaleDB; raise ServerMissingError when there is none."""
    for control in sorted(Path("/usr/share/postgresql").glob("*/extension/timescaledb.control"), key=_version)[::-1]:
        folder = _SERVERS / control.parts[-3] / "bin"
        if (folder / "postgres").exists():
            return folder
    raise ServerMissingError("no PostgreSQL with TimescaleDB is installed here; run deploy/local/bootstrap")


def _version(control: Path) -> int:
    return int(control.parts[-3])


def _owner() -> pwd.struct_passwd | None:
    """Return the user that owns the cluster when we are root; None when we are not, and own it ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _give(path: Path) -> None:
    if owner := _owner():
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _stepping_down(layout: Layout) -> list[str]:
    owner = _owner()
    if owner is None:
        return []
    step_down = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    if _passes(tuple(step_down), layout.data):
        return step_down
    # The state is below a folder that only root enters, such as /root: the server needs the right to pass it.
    return [*step_down, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


@cache
def _passes(step_down: tuple[str, ...], folder: Path) -> bool:
    return subprocess.run([*step_down, "test", "-x", str(folder)], check=False, cwd="/").returncode == 0
