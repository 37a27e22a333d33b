"""The invented city of seed.sql in a database of its own, and the site that serves it as of one fixed moment."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Final

import httpx
import psycopg
import uvicorn
from prometheus_client import CollectorRegistry
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from starlette.types import ASGIApp

from deploy.migrate import migrate
from deploy.web_process import bound
from opendata.app import create
from opendata.guards.connection import ConnectionLimits, protocol
from opendata.guards.settings import GuardSettings
from opendata.guards.visitors import LOOPBACK
from opendata.settings import WebSettings

NOW: Final = datetime(2026, 10, 27, 9, 7, tzinfo=UTC)
ANSWER_SECONDS: Final = 20.0
"""For which a question of a test may take: a machine of tests may be busy."""
SEED: Final = "seed.sql"
EDGES: Final = "edges.sql"
INDICATORS: Final = "indicators.sql"
OWNERS: Final = "owners.sql"
PLACES: Final = "places.sql"
OUTAGES: Final = "outages.sql"
TYPICAL: Final = "typical.sql"
"""What the city is made of, and what may be added to it: files beside this one."""


@contextmanager
def database(superuser: str, name: str, seeds: Sequence[str] = (SEED,)) -> Iterator[str]:
    """Make a database with all tables, and sow the seeds in their order; answer its conninfo without a user.

    It is copied from one that was made in this way before, where the server has it: making the tables takes seconds.
    """
    source = sql.Identifier(_sown(superuser, seeds))
    named = sql.Identifier(name)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(named, source))
    yield without_user(make_conninfo(superuser, dbname=name))
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))


def _sown(superuser: str, seeds: Sequence[str]) -> str:
    """Give the name of the database of these seeds that nobody connects to, made when it is not there yet."""
    name = "_".join(["city_sown", *(Path(seed).stem for seed in seeds)])
    with psycopg.connect(superuser, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            return name
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    conninfo = make_conninfo(superuser, dbname=name)
    migrate(conninfo)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for seed in seeds:
            connection.execute(Path(__file__).with_name(seed).read_bytes())
    with psycopg.connect(superuser, autocommit=True) as connection:  # what is copied must have no visitors
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        connection.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name])
    return name


def without_user(conninfo: str) -> str:
    """Leave the user to the room that connects."""
    parts = conninfo_to_dict(conninfo)
    parts.pop("user", None)
    return make_conninfo(**parts)  # type: ignore[arg-type] # the same names that came out


def settings(conninfo: str, public_url: str = "https://doorfiets.example") -> WebSettings:
    """Settings of a site as of the fixed moment, which does not limit who is on this machine."""
    return WebSettings(
        postgres=conninfo,
        public_url=public_url,
        cursor_key=b"a key of the tests",
        clock=lambda: NOW,
        answer_seconds=ANSWER_SECONDS,
        guards=GuardSettings(unlimited=LOOPBACK),
    )


@contextmanager
def visitor(settings: WebSettings, registry: CollectorRegistry | None = None) -> Iterator[httpx.Client]:
    """Serve a site on a free port and visit it."""
    with served(settings, registry) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


@contextmanager
def served(
    settings: WebSettings,
    registry: CollectorRegistry | None = None,
    *,
    limits: ConnectionLimits | None = None,
    also: Path | None = None,
) -> Iterator[str]:
    """Serve a site on a free port, and on a Unix socket where one is named; answer its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create(replace(settings, public_url=address), registry)
    with served_by(app, [listening, *([bound(also)] if also else [])], limits):
        yield address


@contextmanager
def served_by(
    app: ASGIApp, sockets: list[socket.socket], limits: ConnectionLimits | None = None
) -> Iterator[uvicorn.Server]:
    """Serve an app as the platform does, on sockets that listen."""
    config = uvicorn.Config(
        app,
        http=protocol(limits),  # type: ignore[arg-type] # a class is called in the same way
        ws="none",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=65,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=(sockets,), name="site of the tests")
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join()
